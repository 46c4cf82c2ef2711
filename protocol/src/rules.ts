import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { MAX_PRE, leastUpdates, preAggregators, rules, shardRules } from '@covey/wasm-core';
import type { DocumentBareRule, Parameter, Parameters, PreAggregator, Rule, ShardRule } from '@covey/wasm-core';
import { z } from 'zod';

/** Seats of training nodes, and so submissions, are at most this many in a round, so no rule can need more. */
export const MAX_SUBMISSIONS = Number(policyNumbers.trainerSeats.max);

/** A rule that needs nothing but the updates, behind pre-aggregators. */
export type ClassicRule = DocumentBareRule & { pre?: PreAggregator[] | undefined };
/** An aggregation rule as a task may name it. */
export type TaskRule = ClassicRule | ShardRule;

/** Whether the rule decides by the round's shard. */
export function isShardRule(rule: TaskRule): rule is ShardRule {
  return shardRules.some(({ name }) => name === rule.rule);
}

/** Least number of rows (seats) that a rule needs. */
export function leastRows(rule: TaskRule): number {
  const ofShard = shardRules.find(({ name }) => name === rule.rule);
  return ofShard ? ofShard.least : leastUpdates(rule as Rule);
}

/** The spelling of rules, made from the core's own tables of parameters: no field but these. */
export const ruleSchema = z.discriminatedUnion('rule', [
  ...variants(rules, 'rule', {
    // Left out where there is none, so that one rule is written in one way only.
    pre: z
      .array(z.discriminatedUnion('pre', variants(preAggregators, 'pre')))
      .min(1)
      .max(MAX_PRE)
      .optional(),
  }),
  ...variants(shardRules, 'rule'),
]) as unknown as z.ZodType<TaskRule>;

type Variant = z.ZodObject<Record<string, z.ZodType>, z.core.$strict>;

function variants(
  methods: readonly { name: string; parameters: Parameters }[],
  key: string,
  more: Record<string, z.ZodType> = {},
): [Variant, ...Variant[]] {
  const made = methods.map(({ name, parameters }) => {
    const fields = Object.entries(parameters).flatMap(([field, parameter]) => {
      const schema = schemaOf(parameter);
      return schema ? [[field, schema] as const] : [];
    });
    return z.strictObject({ [key]: z.literal(name), ...Object.fromEntries(fields), ...more });
  });
  return made as [Variant, ...Variant[]];
}

/** Undefined for what documents may not hold. */
function schemaOf(parameter: Parameter): z.ZodType | undefined {
  switch (parameter.kind) {
    case 'integer':
      return z.number().int().min(parameter.least).max(parameter.most);
    case 'positive':
      return z.number().positive().max(parameter.most);
    case 'non-negative':
      return z.number().min(0).max(parameter.most);
    case 'fraction':
      return z.number().min(0).lt(1);
    case 'weights':
      return undefined;
  }
}
