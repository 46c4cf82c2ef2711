import type { DocumentValuesOf, Flat, Parameters, ValuesOf } from '../parameters.ts';
import { attributedMean } from './attributed-mean.ts';
import { bulyan } from './bulyan.ts';
import { centredClip } from './centred-clip.ts';
import { fedavg } from './fedavg.ts';
import { geometricMedian } from './geometric-median.ts';
import { krum } from './krum.ts';
import { mda } from './mda.ts';
import { median } from './median.ts';
import { multiKrum } from './multi-krum.ts';
import { normClip } from './norm-clip.ts';
import type { RuleDefinition } from './rule.ts';
import type { ShardRuleDefinition } from './shard-rule.ts';
import { trimmedMean } from './trimmed-mean.ts';

/** Every aggregation rule that needs nothing but the updates. All else that lists rules iterates over this. */
const all = [
  fedavg,
  median,
  trimmedMean,
  krum,
  multiKrum,
  bulyan,
  mda,
  geometricMedian,
  normClip,
  centredClip,
] as const;

type Definition = (typeof all)[number];
export type RuleName = Definition['name'];

type Called<D> = D extends { name: infer Name; parameters: infer T extends Parameters }
  ? Flat<{ rule: Name } & ValuesOf<T>>
  : never;
type Written<D> = D extends { name: infer Name; parameters: infer T extends Parameters }
  ? Flat<{ rule: Name } & DocumentValuesOf<T>>
  : never;

/** A rule by name with its parameters, without pre-aggregators. */
export type BareRule = Called<Definition>;
/** The same as documents may write it. */
export type DocumentBareRule = Written<Definition>;

// Each was checked against its own table; from here on tables are data.
export const rules = all as readonly unknown[] as readonly RuleDefinition<RuleName>[];

const ofShards = [attributedMean] as const;

/** A rule that decides by the round's shard, as documents write it. */
export type ShardRule = Written<(typeof ofShards)[number]>;

/** Every rule that decides by losses and gradients of the round's shard. */
export const shardRules = ofShards as readonly unknown[] as readonly ShardRuleDefinition<ShardRule['rule']>[];
