import { z } from 'zod';
import { decimal, parseWith, signedDecimal } from '../primitives.ts';
import { ONE } from '../ratio.ts';
import { parseRoundSettlementVectors, roundSettlementDifferences } from '../round-settlement/vectors.ts';
import { settle } from './settle.ts';
import type { PayoutOf } from './settle.ts';

const wei = decimal().transform(BigInt);
const ratio = decimal(ONE).transform(BigInt);
const quarters = z.number().int().min(0).max(4).transform(BigInt);
const id = z.string().max(200);

const node = { id, ownStake: wei, delegatedStake: wei, commission: ratio };
const payout = z.object({
  id,
  total: wei,
  node: wei,
  delegators: wei,
  unlocked: wei,
  vesting: wei,
});

/** The shape of `vectors/settlement.json`. Amounts are decimal strings in wei, ratios scaled by 1e18. */
const vectorsSchema = z.object({
  cases: z.array(
    z.object({
      note: z.string().optional(),
      pool: wei,
      policy: z.object({
        gamma: decimal(ONE / 2n).transform(BigInt),
        rankRatio: ratio,
        delegationWeight: wei,
        trainerStakeQuarterPower: quarters,
        validatorStakeQuarterPower: quarters,
        unlockRatio: ratio,
      }),
      trainers: z.array(z.object({ ...node, loss: signedDecimal.transform(BigInt).nullable() })),
      validators: z.array(z.object({ ...node, agreed: z.boolean() })),
      expected: z.object({ trainers: z.array(payout), validators: z.array(payout), carried: wei }),
    }),
  ),
});

export interface VectorReport {
  passed: number;
  failed: number;
  /** One line a failed case, naming the first differences. */
  failures: string[];
}

export type SettlementVector = z.infer<typeof vectorsSchema>['cases'][number];

export function parseSettlementVectors(json: unknown): SettlementVector[] {
  return parseWith(vectorsSchema, json, 'settlement vectors').cases;
}

/** A field that only cases of version 2 have. */
const secondVersion = z.object({
  cases: z.array(z.object({ policy: z.object({ securityRatio: z.string() }) })).min(1),
});

/** Runs settlement vectors of the version that their fields say. Throws PROTOCOL_INVALID_DOCUMENT for other shapes. */
export function checkSettlementVectors(json: unknown): VectorReport {
  return secondVersion.safeParse(json).success
    ? report(parseRoundSettlementVectors(json).map((vector) => ({ differences: roundSettlementDifferences(vector) })))
    : report(parseSettlementVectors(json).map((vector) => ({ note: vector.note, differences: differencesOf(vector) })));
}

function differencesOf(vector: SettlementVector): string[] {
  const got = settle(vector);
  const { trainers, validators, carried } = vector.expected;
  return [
    ...comparePayouts('trainers', trainers, got.trainers),
    ...comparePayouts('validators', validators, got.validators),
    ...(got.carried === carried ? [] : [`carried: expected ${carried}, got ${got.carried}`]),
  ];
}

function report(cases: readonly { note?: string | undefined; differences: readonly string[] }[]): VectorReport {
  const failures = cases.flatMap(({ note, differences }, i) => {
    if (differences.length === 0) return [];
    const more = differences.length > 8 ? `; and ${differences.length - 8} more` : '';
    return [`case ${i}${note === undefined ? '' : ` (${note})`}: ${differences.slice(0, 8).join('; ')}${more}`];
  });
  return { passed: cases.length - failures.length, failed: failures.length, failures };
}

const amounts = ['total', 'node', 'delegators', 'unlocked', 'vesting'] as const;

/** Payouts are compared by id, in whatever order the file lists them. */
function comparePayouts(
  role: string,
  expected: readonly PayoutOf<string>[],
  got: readonly PayoutOf<string>[],
): string[] {
  const differences: string[] = [];
  const byId = new Map(got.map((p) => [p.id, p]));
  if (byId.size !== got.length) differences.push(`${role}: ids repeat`);
  if (expected.length !== got.length)
    differences.push(`${role}: expected ${expected.length} payouts, got ${got.length}`);
  for (const e of expected) {
    const g = byId.get(e.id);
    if (!g) differences.push(`${role} ${e.id}: no such node`);
    for (const name of amounts) {
      if (g && g[name] !== e[name]) differences.push(`${role} ${e.id} ${name}: expected ${e[name]}, got ${g[name]}`);
    }
  }
  return differences;
}
