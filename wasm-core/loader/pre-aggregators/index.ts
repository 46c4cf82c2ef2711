import type { Flat, Parameters, ValuesOf } from '../parameters.ts';
import { arc } from './arc.ts';
import { bucketing } from './bucketing.ts';
import { clip } from './clip.ts';
import { nnm } from './nnm.ts';
import type { PreAggregatorDefinition } from './pre-aggregator.ts';

/** Every pre-aggregator. All else that lists them iterates over this. */
const all = [nnm, bucketing, clip, arc] as const;

type Definition = (typeof all)[number];
export type PreAggregatorName = Definition['name'];

type Called<D> = D extends { name: infer Name; parameters: infer T extends Parameters }
  ? Flat<{ pre: Name } & ValuesOf<T>>
  : never;

/** Run on the updates before the rule, in order; what each makes is what the next one sees. */
export type PreAggregator = Called<Definition>;

// Each was checked against its own table; from here on tables are data.
export const preAggregators = all as readonly unknown[] as readonly PreAggregatorDefinition<PreAggregatorName>[];
