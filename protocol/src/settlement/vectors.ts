import { z } from 'zod';
import { decimal, parseWith, signedDecimal } from '../primitives.ts';
import { settle } from './settle.ts';
import type { PayoutOf } from './settle.ts';

const wei = decimal().transform(BigInt);
const ratio = decimal(10n ** 18n).transform(BigInt);
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
        gamma: decimal(10n ** 18n / 2n).transform(BigInt),
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

/** Runs settlement vectors. Throws PROTOCOL_INVALID_DOCUMENT where the file has another shape. */
export function checkSettlementVectors(json: unknown): VectorReport {
  const cases = parseSettlementVectors(json);
  const failures: string[] = [];
  for (const [i, vector] of cases.entries()) {
    const got = settle(vector);
    const differences = [
      ...comparePayouts('trainers', vector.expected.trainers, got.trainers),
      ...comparePayouts('validators', vector.expected.validators, got.validators),
    ];
    if (got.carried !== vector.expected.carried)
      differences.push(`carried: expected ${vector.expected.carried}, got ${got.carried}`);
    if (differences.length > 0) {
      const note = vector.note === undefined ? '' : ` (${vector.note})`;
      failures.push(
        `case ${i}${note}: ${differences.slice(0, 8).join('; ')}${differences.length > 8 ? `; and ${differences.length - 8} more` : ''}`,
      );
    }
  }
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
