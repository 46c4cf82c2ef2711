import type { PerCoordinate } from '../columns.ts';
import type { Pointer } from '../exports.ts';
import type { CoreInstance } from '../instantiate.ts';
import type { Paper } from '../paper.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { nonZero, type Need, type Rows } from '../rows.ts';

/**
 * What a rule decides from. A rule that will need more (the base model, a gradient of the server's own) gets it as a
 * further field here, and says so in `needs`. An update comes as a row for each of its seats.
 */
export interface Given<Values> {
  core: CoreInstance;
  rows: Rows;
  parameters: Values;
}

/** What is left to do with the columns: a linear combination of the rows, or order statistics of each column. */
export type Decision = { /** Rows that were selected, ascending. */ selected?: number[] } & (
  { /** f64[rows], the effective weights of the rows. */ shares: Pointer } | { coordinates: PerCoordinate }
);

/** An aggregation rule: everything that is known of it but its kernels. */
export interface RuleDefinition<Name extends string = string, T extends Parameters = Parameters> {
  name: Name;
  paper: Paper;
  parameters: T;
  needs: Need;
  /** Rows that it needs at least. */
  least(parameters: ValuesOf<T>): number;
  /** How many of so many rows may be hostile before its source promises nothing. */
  bound(parameters: ValuesOf<T>, rows: number): number;
  /** Parameters for so many rows of which so many may be hostile: where tests, fuzzing, tables and forms begin. */
  suited(rows: number, hostile: number): ValuesOf<T>;
  /** Works in memory of the arena's current scope. */
  decide(given: Given<ValuesOf<T>>): Decision;
}

/** Gives a definition the types of its own table of parameters. */
export function defineRule<const Name extends string, const T extends Parameters>(
  rule: RuleDefinition<Name, T>,
): RuleDefinition<Name, T> {
  return rule;
}

/** The decision of a rule that takes a mean of some rows. */
export function selection({ arena }: CoreInstance, shares: Pointer, { count }: Rows): Decision {
  return { shares, selected: nonZero(arena.f64(shares, count)) };
}
