import { z } from 'zod';
import { rankings } from '../modes.ts';
import type { Ranking } from '../modes.ts';
import type { SettlementPolicy } from '../policy.ts';
import { decimal, parseWith, signedDecimal } from '../primitives.ts';
import { ONE } from '../ratio.ts';
import { MAX_SUBMISSIONS } from '../rules.ts';
import { claimBasis, trainerWeights } from './arithmetic.ts';
import type { PaidStake, Payout, RoundFunds } from './arithmetic.ts';
import { settleRound } from './settle.ts';
import type { PayoutOf, SettledRound } from './settle.ts';

const wei = decimal().transform(BigInt);
const ratio = decimal(ONE).transform(BigInt);
const seats = z.number().int().min(0).max(MAX_SUBMISSIONS);
const allSeats = seats.min(1).transform(BigInt);
const id = z.string().max(200);
const node = { id, ownStake: wei, delegatedStake: wei, commission: ratio, seats };
const payout = z.object({ id, total: wei, node: wei, delegators: wei, unlocked: wei, vesting: wei });

/** The shape of `vectors/settlement.json`. Amounts are decimal strings in wei, ratios scaled by 1e18. */
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
          trainerSeats: allSeats,
          validatorSeats: allSeats,
        }),
        trainers: z.array(z.object({ ...node, score: signedDecimal().transform(BigInt).nullable() })),
        validators: z.array(z.object({ ...node, agreed: z.boolean() })),
        expected: z.object({ trainers: z.array(payout), validators: z.array(payout), fee: wei, carried: wei }),
      })
      .refine(({ pool, commonPart }) => commonPart <= pool, 'the common part is more than the pool'),
  ),
});

/** Somebody of a round with a score, or who agreed or did not. */
export interface ScoredRound {
  funds: RoundFunds;
  stakeBehind: bigint;
  policy: SettlementPolicy;
  ranking: Ranking;
  trainers: readonly (PaidStake & { id: string; seats: number; score: bigint | null })[];
  validators: readonly (PaidStake & { id: string; seats: number; agreed: boolean })[];
}

/** From scores on: weights as scoring gives them, then what the chain pays. Who did not agree gets nothing. */
export function settleScored({ ranking, trainers, validators, ...round }: ScoredRound): SettledRound {
  const weights = trainerWeights(ranking, trainers, round.policy.rankRatio);
  const claiming = trainers.map((trainer, i) => ({ ...trainer, weight: weights[i] ?? 0n }));
  const settled = settleRound({
    ...round,
    basis: claimBasis(ranking, claiming, round.policy),
    trainers: claiming,
    validators: validators.filter(({ agreed }) => agreed),
  });
  const byId = new Map(settled.validators.map((payment) => [payment.id, payment]));
  return { ...settled, validators: validators.map(({ id: name }) => byId.get(name) ?? { id: name, ...nothing }) };
}

const nothing: Payout = { total: 0n, node: 0n, delegators: 0n, unlocked: 0n, vesting: 0n };

export interface VectorReport {
  passed: number;
  failed: number;
  /** One line a failed case, naming the first differences. */
  failures: string[];
}

/** Settles each case. Throws PROTOCOL_INVALID_DOCUMENT where the file has another shape. */
export function checkSettlementVectors(json: unknown): VectorReport {
  const { cases } = parseWith(vectorsSchema, json, 'settlement vectors');
  const failures = cases.flatMap(({ pool, commonPart, creationStake, expected, ...round }, i) => {
    const got = settleScored({ ...round, funds: { units: pool - commonPart, common: commonPart, creationStake } });
    const differences = [
      ...differ('fee', expected.fee, got.fee),
      ...differPayouts('trainers', expected.trainers, got.trainers),
      ...differPayouts('validators', expected.validators, got.validators),
      ...differ('carried', expected.carried, got.carried),
    ];
    if (differences.length === 0) return [];
    const more = differences.length > 8 ? `; and ${differences.length - 8} more` : '';
    return [`case ${i}: ${differences.slice(0, 8).join('; ')}${more}`];
  });
  return { passed: cases.length - failures.length, failed: failures.length, failures };
}

const amounts = ['total', 'node', 'delegators', 'unlocked', 'vesting'] as const;

function differPayouts(role: string, expected: readonly PayoutOf[], got: readonly PayoutOf[]): string[] {
  const names = (payouts: readonly PayoutOf[]) => payouts.map((p) => p.id).join(', ');
  if (names(expected) !== names(got)) return [`${role}: expected ${names(expected)}, got ${names(got)}`];
  return expected.flatMap((e, i) =>
    amounts.flatMap((name) => differ(`${role} ${e.id} ${name}`, e[name], got[i]?.[name] ?? 0n)),
  );
}

const differ = (what: string, expected: bigint, got: bigint): string[] =>
  expected === got ? [] : [`${what}: expected ${expected}, got ${got}`];
