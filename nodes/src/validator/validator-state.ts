import { documentCid, fileCid, type ResultSummary, type RoundResult } from '@covey/protocol';
import { randomBytes } from 'node:crypto';
import { bytesToHex } from 'viem';
import { z } from 'zod';
import type { RoundKey, RoundState } from '../state/round-state.ts';

const hex32 = z.custom<`0x${string}`>((value) => /^0x[0-9a-fA-F]{64}$/.test(String(value)));
const integer = z.string().regex(/^\d+$/);

/** What a validator remembers of a round: what it committed to, whole. */
export const validatorStateSchema = z.strictObject({
  schema: z.literal('covey.validator-state/2'),
  salt: hex32,
  resultHash: hex32,
  document: z.string(),
  model: z.string(),
  /** The aggregate that led to it; null where the round made none. */
  delta: z.string().nullable(),
  summary: z.strictObject({
    documentDigest: hex32,
    claimsRoot: hex32,
    claimants: z.number().int().min(0),
    paidSeats: z.number().int().min(0),
    sumWeights: integer,
    trainersRatio: integer,
    model: z.strictObject({ codec: integer, digest: hex32 }),
    refereeRoot: hex32,
    shardInvalid: z.boolean(),
  }),
});

export type ValidatorState = z.infer<typeof validatorStateSchema>;

/** What is remembered of a result that will be committed to; `document`, `model` and `delta` are CIDs of what was kept. */
export function newState(
  { resultHash, summary }: Pick<RoundResult, 'resultHash' | 'summary'>,
  kept: Pick<ValidatorState, 'document' | 'model' | 'delta'>,
): ValidatorState {
  const salt = bytesToHex(randomBytes(32));
  return { schema: 'covey.validator-state/2', salt, resultHash, ...kept, summary: summaryToState(summary) };
}

/** Keeps a result's files in the state folder until they are revealed; their CIDs. */
export async function keepResult(
  state: RoundState<ValidatorState>,
  key: RoundKey,
  { bytes, model: weights, delta }: Pick<RoundResult, 'bytes' | 'model' | 'delta'>,
): Promise<Pick<ValidatorState, 'document' | 'model' | 'delta'>> {
  const [document, model] = [documentCid(bytes), await fileCid(weights)];
  await state.keep(key, document, bytes);
  await state.keep(key, model, weights);
  if (delta) await state.keep(key, delta.cid, delta.bytes);
  return { document, model, delta: delta?.cid ?? null };
}

/** Integers that may not fit a double are decimal strings in JSON. */
function summaryToState(summary: ResultSummary): ValidatorState['summary'] {
  return {
    ...summary,
    sumWeights: String(summary.sumWeights),
    trainersRatio: String(summary.trainersRatio),
    model: { codec: String(summary.model.codec), digest: summary.model.digest },
  };
}

export function summaryFromState(summary: ValidatorState['summary']): ResultSummary {
  return {
    ...summary,
    sumWeights: BigInt(summary.sumWeights),
    trainersRatio: BigInt(summary.trainersRatio),
    model: { codec: BigInt(summary.model.codec), digest: summary.model.digest },
  };
}
