import type { Paper } from '../paper.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';

/** A rule that decides by the losses and gradients of the round's shard: `aggregate` alone cannot apply it. */
export interface ShardRuleDefinition<Name extends string = string, T extends Parameters = Parameters> {
  name: Name;
  paper: Paper;
  parameters: T;
  /** Updates that it needs at least. */
  least: number;
  /** Where tests, tables and forms begin. */
  suited(): ValuesOf<T>;
}
