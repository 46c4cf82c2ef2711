import type { CoreInstance } from '../instantiate.ts';
import type { Paper } from '../paper.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import type { Need, Rows } from '../rows.ts';

/** What a pre-aggregator works on. */
export interface RowsGiven<Values> {
  core: CoreInstance;
  rows: Rows;
  /** Updates that the rows are combinations of. */
  updates: number;
  parameters: Values;
}

/** A linear map of rows that runs before a rule: everything that is known of it but its kernels. */
export interface PreAggregatorDefinition<Name extends string = string, T extends Parameters = Parameters> {
  name: Name;
  paper: Paper;
  parameters: T;
  needs: Need;
  /** Rows that it needs at least, where what comes behind it needs `behind`. */
  least(parameters: ValuesOf<T>, behind: number): number;
  /** Rows that it makes. */
  makes(parameters: ValuesOf<T>, rows: number): number;
  /** How many of the rows may be hostile before its source promises nothing; Infinity where it declares none. */
  bound(parameters: ValuesOf<T>): number;
  /** As a rule's. */
  suited(rows: number, hostile: number): ValuesOf<T>;
  /** New weights, inner products and distances, in the arena's current scope; the updates are not touched. */
  apply(given: RowsGiven<ValuesOf<T>>): Rows;
}

/** Gives a definition the types of its own table of parameters. */
export function definePreAggregator<const Name extends string, const T extends Parameters>(
  step: PreAggregatorDefinition<Name, T>,
): PreAggregatorDefinition<Name, T> {
  return step;
}
