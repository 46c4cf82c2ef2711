import { MAX_ITERATIONS, MAX_PRE, MAX_UPDATES } from '@covey/wasm-core';
import type { PreAggregator, Rule } from '@covey/wasm-core';
import { z } from 'zod';

/** Submissions of a round are at most this many, so no rule can need more. */
export const MAX_SUBMISSIONS = MAX_UPDATES;

const count = z.number().int().min(0).max(MAX_SUBMISSIONS);
const declared = count.min(1);
/** Lengths of updates: an f32 model whose update is longer than this is no model. */
const length = z.number().positive().max(1e9);

const preSchema = z.discriminatedUnion('pre', [
  z.strictObject({ pre: z.literal('nnm'), byzantine: count }),
  z.strictObject({ pre: z.literal('bucketing'), size: declared, seed: z.number().int().min(0) }),
  z.strictObject({ pre: z.literal('clip'), norm: length }),
  z.strictObject({ pre: z.literal('arc'), byzantine: count }),
]) satisfies z.ZodType<PreAggregator>;

/** Left out where there is none, so that one rule is written in one way only. */
const pre = z.array(preSchema).min(1).max(MAX_PRE).optional();

/**
 * The aggregation rules that a task may name. FedAvg is unweighted here: how many samples a node trained on is its own
 * claim, and a weight that anyone may claim is no rule.
 */
export const ruleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('fedavg'), pre }),
  z.strictObject({ rule: z.literal('median'), pre }),
  z.strictObject({ rule: z.literal('trimmed-mean'), trim: count, pre }),
  z.strictObject({ rule: z.literal('krum'), byzantine: count, pre }),
  z.strictObject({ rule: z.literal('multi-krum'), byzantine: count, select: declared, pre }),
  z.strictObject({ rule: z.literal('bulyan'), byzantine: count, pre }),
  z.strictObject({ rule: z.literal('mda'), byzantine: count, pre }),
  z.strictObject({ rule: z.literal('geometric-median'), pre }),
  z.strictObject({ rule: z.literal('norm-clip'), clip: length, pre }),
  z.strictObject({
    rule: z.literal('centred-clip'),
    radius: length,
    iterations: z.number().int().min(1).max(MAX_ITERATIONS),
    pre,
  }),
]) satisfies z.ZodType<Rule>;

export type TaskRule = z.infer<typeof ruleSchema>;
