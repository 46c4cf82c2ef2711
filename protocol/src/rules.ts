import { MAX_UPDATES } from '@covey/wasm-core';
import type { Rule } from '@covey/wasm-core';
import { z } from 'zod';

/** Submissions of a round are at most this many, so no rule can need more. */
export const MAX_SUBMISSIONS = MAX_UPDATES;

const count = z.number().int().min(0).max(MAX_SUBMISSIONS);
const declared = count.min(1);

/**
 * The aggregation rules that a task may name. FedAvg is unweighted here: how many samples a node trained on is its own
 * claim, and a weight that anyone may claim is no rule.
 */
export const ruleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('fedavg') }),
  z.strictObject({ rule: z.literal('median') }),
  z.strictObject({ rule: z.literal('trimmed-mean'), trim: count }),
  z.strictObject({ rule: z.literal('krum'), byzantine: count }),
  z.strictObject({ rule: z.literal('multi-krum'), byzantine: count, select: declared }),
  z.strictObject({ rule: z.literal('bulyan'), byzantine: count }),
  z.strictObject({ rule: z.literal('geometric-median') }),
  z.strictObject({ rule: z.literal('norm-clip'), clip: z.number().positive().max(1e9) }),
  z.strictObject({ rule: z.literal('nnm+trimmed-mean'), byzantine: count, trim: count }),
]) satisfies z.ZodType<Rule>;

export type TaskRule = z.infer<typeof ruleSchema>;
