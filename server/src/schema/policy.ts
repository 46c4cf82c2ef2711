import { policyUnits } from '@covey/contracts/abi/policy-numbers';
import { z } from 'zod';
import { address, bytes32, decimal, index, seconds, sourceSchema } from './primitives.ts';

export const policyUnitSchema = z.enum(policyUnits);

/** One governed number. `name` is the key of translations; `meaning` is the contract's English text. */
export const policyParamSchema = z.object({
  index,
  name: z.string(),
  unit: policyUnitSchema,
  /** In force now. */
  value: decimal,
  /** Decided, and in force from `effectiveAt` on. */
  announced: z.object({ value: decimal, version: index, effectiveAt: seconds }).nullable(),
  min: decimal,
  max: decimal,
  meaning: z.string(),
  /** Oldest first; the value before the first change is the one of deployment. */
  history: z.array(
    z.object({ version: index, oldValue: decimal, newValue: decimal, at: seconds, source: sourceSchema }),
  ),
});
export type PolicyParam = z.output<typeof policyParamSchema>;

export const policySchema = z.object({
  contract: address,
  /** In force now. */
  version: index,
  scorer: bytes32,
  /** Decided versions that are not yet in force. */
  announced: z.array(z.object({ version: index, effectiveAt: seconds, at: seconds, source: sourceSchema })),
  params: z.array(policyParamSchema),
  scorerHistory: z.array(
    z.object({ version: index, oldScorer: bytes32, newScorer: bytes32, at: seconds, source: sourceSchema }),
  ),
});
export type Policy = z.output<typeof policySchema>;
