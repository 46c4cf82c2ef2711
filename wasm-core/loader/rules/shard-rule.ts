import type { Paper } from '../paper.ts';
import type { Parameters } from '../parameters.ts';

/** A rule that decides by the losses and gradients of the round's shard: `aggregate` alone cannot apply it. */
export interface ShardRuleDefinition<Name extends string = string, T extends Parameters = Parameters> {
  name: Name;
  paper: Paper;
  parameters: T;
  /** Rows that it needs at least. */
  least: number;
}
