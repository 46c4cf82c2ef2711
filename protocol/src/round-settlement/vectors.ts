import { z } from 'zod';
import { rankings } from '../modes.ts';
import { decimal, parseWith, signedDecimal } from '../primitives.ts';
import { ONE } from '../ratio.ts';
import { settleBySeats } from './settle.ts';
import type { RoundPayoutOf, SettleRoundInput, SettledRound } from './settle.ts';

const wei = decimal().transform(BigInt);
const ratio = decimal(ONE).transform(BigInt);
const seats = z.number().int().min(0).max(1024);
const id = z.string().max(200);
const node = { id, ownStake: wei, delegatedStake: wei, commission: ratio, seats };
const payout = z.object({ id, total: wei, node: wei, delegators: wei, unlocked: wei, vesting: wei });

/** The shape of `vectors/settlement-2.json`. Amounts are decimal strings in wei, ratios scaled by 1e18. */
const vectorsSchema = z.object({
  cases: z.array(
    z
      .object({
        pool: wei,
        ranking: z.enum(rankings),
        commonPart: wei,
        stakeBehind: wei,
        creationStake: wei,
        policy: z.object({
          roundFee: ratio,
          trainerShare: ratio,
          rankRatio: ratio,
          delegationWeight: ratio,
          unlockRatio: ratio,
          securityRatio: ratio,
          creationRatio: ratio,
          trainerSeats: seats.min(1),
          validatorSeats: seats.min(1),
        }),
        trainers: z.array(z.object({ ...node, score: signedDecimal.transform(BigInt).nullable() })),
        validators: z.array(z.object({ ...node, agreed: z.boolean() })),
        expected: z.object({ trainers: z.array(payout), validators: z.array(payout), fee: wei, carried: wei }),
      })
      .refine(({ pool, commonPart }) => commonPart <= pool, 'the common part is more than the pool'),
  ),
});

export interface RoundSettlementVector {
  input: SettleRoundInput;
  expected: SettledRound;
}

/** Throws PROTOCOL_INVALID_DOCUMENT where the file has another shape. */
export function parseRoundSettlementVectors(json: unknown): RoundSettlementVector[] {
  return parseWith(vectorsSchema, json, 'settlement vectors, version 2').cases.map(
    ({ pool, commonPart, stakeBehind, creationStake, expected, ...rest }) => ({
      input: {
        ...rest,
        pool: { units: pool - commonPart, common: commonPart },
        stake: { behind: stakeBehind, creation: creationStake },
      },
      expected,
    }),
  );
}

/** What differs between a case and what this package makes of it, a line each; nothing where they are equal. */
export function roundSettlementDifferences({ input, expected }: RoundSettlementVector): string[] {
  const got = settleBySeats(input);
  return [
    ...differ('fee', expected.fee, got.fee),
    ...differPayouts('trainers', expected.trainers, got.trainers),
    ...differPayouts('validators', expected.validators, got.validators),
    ...differ('carried', expected.carried, got.carried),
  ];
}

const amounts = ['total', 'node', 'delegators', 'unlocked', 'vesting'] as const;

function differPayouts(role: string, expected: readonly RoundPayoutOf[], got: readonly RoundPayoutOf[]): string[] {
  const names = (payouts: readonly RoundPayoutOf[]) => payouts.map((p) => p.id).join(', ');
  if (names(expected) !== names(got)) return [`${role}: expected ${names(expected)}, got ${names(got)}`];
  return expected.flatMap((e, i) =>
    amounts.flatMap((name) => differ(`${role} ${e.id} ${name}`, e[name], got[i]?.[name] ?? 0n)),
  );
}

const differ = (what: string, expected: bigint, got: bigint): string[] =>
  expected === got ? [] : [`${what}: expected ${expected}, got ${got}`];
