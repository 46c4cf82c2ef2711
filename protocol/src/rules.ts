import type { Rule } from '@covey/wasm-core';
import { z } from 'zod';

/** Submissions of a round are at most this many, so no rule can need more. */
export const MAX_SUBMISSIONS = 256;

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

/**
 * How many updates a rule needs at least, n: from its paper. Krum sums the n−f−2 nearest others and is proven for
 * n ≥ 2f+3 (Blanchard et al. 2017); Bulyan for n ≥ 4f+3 (El Mhamdi et al. 2018); a trimmed mean must leave one;
 * nearest-neighbour mixing needs a majority of honest ones (Allouah et al. 2023).
 */
export function minimumUpdates(rule: Rule): number {
  switch (rule.rule) {
    case 'trimmed-mean':
      return 2 * rule.trim + 1;
    case 'krum':
      return 2 * rule.byzantine + 3;
    case 'multi-krum':
      return Math.max(2 * rule.byzantine + 3, rule.select);
    case 'bulyan':
      return 4 * rule.byzantine + 3;
    case 'nnm+trimmed-mean':
      return Math.max(2 * rule.byzantine + 1, 2 * rule.trim + 1);
    default:
      return 1;
  }
}
