import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { getAddress, numberToHex } from 'viem';
import type { Address } from 'viem';
import { describe, expect, it } from 'vitest';
import { blockCid, codecs } from '../cid.ts';
import { ONE } from '../ratio.ts';
import { claimsOf } from '../result.ts';
import type { ResultDocument, ResultSubmission } from '../result.ts';
import { effectiveStake, isqrt, rankWeights, splitRoles, stakePower } from './arithmetic.ts';
import { settleRound } from './round.ts';
import { settle } from './settle.ts';
import type { SettlementInput } from './settle.ts';
import { checkSettlementVectors, parseSettlementVectors } from './vectors.ts';

const vectors: unknown = JSON.parse(readFileSync(new URL('../../vectors/settlement.json', import.meta.url), 'utf8'));

describe('golden vectors', () => {
  it('all pass to the last wei', () => {
    expect(checkSettlementVectors(vectors)).toEqual({ passed: 25, failed: 0, failures: [] });
  });

  it('a single wei of difference fails its case and names it', () => {
    const changed = structuredClone(vectors) as { cases: { expected: { trainers: { total: string }[] } }[] };
    const trainer = changed.cases[1]?.expected.trainers[2];
    if (!trainer) throw new Error('the vectors changed');
    trainer.total = String(BigInt(trainer.total) + 1n);
    const report = checkSettlementVectors(changed);
    expect(report).toMatchObject({ passed: 24, failed: 1 });
    expect(report.failures[0]).toContain('case 1: trainers t2 total');
  });

  it('refuses other shapes with a typed error', () => {
    for (const json of [null, {}, { cases: [{}] }, { cases: [{ pool: 1 }] }]) {
      expect(() => checkSettlementVectors(json)).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
      );
    }
  });

  it('are reproduced from a result document and the agreeing validators', () => {
    for (const vector of parseSettlementVectors(vectors)) {
      const document = documentOf(vector);
      const agreeing = vector.validators.flatMap((v, i) =>
        v.agreed
          ? [
              {
                validator: addressOf(1000 + i),
                stake: { own: v.ownStake, delegated: v.delegatedStake, commission: v.commission },
              },
            ]
          : [],
      );
      const settled = settleRound({ document, validators: agreeing, pool: vector.pool, policy: vector.policy });
      expect(settled.carried).toBe(vector.expected.carried);
      expect(settled.paid + settled.carried).toBe(vector.pool);
      for (const { index, payout } of settled.trainers) {
        expect({ id: `t${index}`, ...payout }).toEqual(vector.expected.trainers[index]);
      }
      const paid = vector.expected.trainers.filter((t) => t.total > 0n);
      expect(settled.trainers.filter((t) => t.payout.total > 0n)).toHaveLength(paid.length);
      const expected = vector.expected.validators.filter((_, i) => vector.validators[i]?.agreed);
      expect(settled.validators.map((v) => v.payout)).toEqual(expected.map(({ id: _, ...payout }) => payout));
    }
  });
});

function addressOf(n: number): Address {
  return getAddress(numberToHex(n, { size: 20 }));
}

/** The result document of a round whose submissions are a vector's training nodes. */
function documentOf({ trainers, policy }: SettlementInput): ResultDocument {
  const ranked = rankWeights(
    trainers.map((t) => t.loss),
    policy.rankRatio,
  );
  const submissions = trainers.map((t, index): ResultSubmission => {
    const { rank, weight } = ranked[index] ?? { rank: null, weight: 0n };
    const power = (stake: bigint) => stakePower(stake, policy.trainerStakeQuarterPower);
    return {
      index,
      node: addressOf(1 + index),
      cid: blockCid(codecs.raw, new Uint8Array()),
      verdict: t.loss === null ? 'not-safetensors' : 'valid',
      loss: t.loss === null ? null : String(t.loss),
      correct: null,
      contribution: null,
      marginal: null,
      rank,
      weight: String(weight * power(effectiveStake(t.ownStake, t.delegatedStake, policy.delegationWeight))),
      ownWeight: String(weight * power(t.ownStake)),
      stake: { own: String(t.ownStake), delegated: String(t.delegatedStake), commission: String(t.commission) },
    };
  });
  const raw = blockCid(codecs.raw, new Uint8Array());
  const zero = `0x${'00'.repeat(32)}` as const;
  return {
    schema: 'covey.result/1',
    chainId: 31337,
    taskId: '1',
    round: 0,
    task: blockCid(codecs.dagJson, new Uint8Array()),
    mode: 'arena',
    ranking: 'loss',
    policyVersion: 1,
    scorer: zero,
    shard: { plaintextSha256: zero, samples: 1 },
    base: raw,
    model: raw,
    baseline: null,
    aggregate: null,
    submissions,
    claims: claimsOf(submissions).totals,
  };
}

const wei = fc.bigInt({ min: 0n, max: 10n ** 27n });
const ratio = fc.bigInt({ min: 0n, max: ONE });
const node = { id: fc.string(), ownStake: wei, delegatedStake: wei, commission: ratio };
const policy = fc.record({
  gamma: fc.bigInt({ min: 0n, max: ONE / 2n }),
  rankRatio: ratio,
  delegationWeight: ratio,
  trainerStakeQuarterPower: fc.bigInt({ min: 0n, max: 4n }),
  validatorStakeQuarterPower: fc.bigInt({ min: 0n, max: 4n }),
  unlockRatio: ratio,
});
const input: fc.Arbitrary<SettlementInput> = fc.record({
  pool: wei,
  policy,
  trainers: fc.array(fc.record({ ...node, loss: fc.option(fc.bigInt({ min: -5n, max: 5n })) }), { maxLength: 12 }),
  validators: fc.array(fc.record({ ...node, agreed: fc.boolean() }), { maxLength: 6 }),
});

describe('settlement', () => {
  it('pays and carries exactly the pool, never a negative amount', () => {
    fc.assert(
      fc.property(input, (round) => {
        const { trainers, validators, carried } = settle(round);
        const payouts = [...trainers, ...validators];
        expect(payouts.reduce((sum, p) => sum + p.total, carried)).toBe(round.pool);
        for (const p of payouts) {
          expect(p.node + p.delegators).toBe(p.total);
          expect(p.unlocked + p.vesting).toBe(p.node);
          expect([p.total, p.node, p.delegators, p.unlocked, p.vesting, carried].every((x) => x >= 0n)).toBe(true);
        }
        for (const p of validators) expect(p.vesting).toBe(0n);
      }),
      { numRuns: 500 },
    );
  });

  it('pays nothing to the invalid and to those who did not agree', () => {
    fc.assert(
      fc.property(input, (round) => {
        const { trainers, validators } = settle(round);
        for (const [i, t] of round.trainers.entries()) if (t.loss === null) expect(trainers[i]?.total).toBe(0n);
        for (const [i, v] of round.validators.entries()) if (!v.agreed) expect(validators[i]?.total).toBe(0n);
      }),
    );
  });

  it('never lowers what a node keeps when it takes delegation', () => {
    fc.assert(
      fc.property(input, fc.nat(), wei, (round, pick, extra) => {
        if (round.trainers.length === 0) return;
        const chosen = pick % round.trainers.length;
        const delegate = (amount: bigint) =>
          settle({
            ...round,
            trainers: round.trainers.map((t, i) => (i === chosen ? { ...t, delegatedStake: amount } : t)),
          }).trainers[chosen]?.node ?? 0n;
        expect(delegate(extra)).toBeGreaterThanOrEqual(delegate(0n));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the nodes', () => {
    fc.assert(
      fc.property(input, (round) => {
        const forward = settle(round);
        const backward = settle({
          ...round,
          trainers: round.trainers.toReversed(),
          validators: round.validators.toReversed(),
        });
        expect(backward.carried).toBe(forward.carried);
        expect(backward.trainers.toReversed()).toEqual(forward.trainers);
        expect(backward.validators.toReversed()).toEqual(forward.validators);
      }),
    );
  });

  it('carries the whole pool when nobody qualifies', () => {
    const nobody = { gamma: ONE / 4n, rankRatio: ONE / 2n, delegationWeight: ONE, unlockRatio: ONE };
    const settled = settle({
      pool: 1000n,
      policy: { ...nobody, trainerStakeQuarterPower: 2n, validatorStakeQuarterPower: 2n },
      trainers: [{ id: 't', ownStake: 5n, delegatedStake: 0n, commission: 0n, loss: null }],
      validators: [{ id: 'v', ownStake: 5n, delegatedStake: 0n, commission: 0n, agreed: false }],
    });
    expect(settled.carried).toBe(1000n);
  });
});

describe('arithmetic', () => {
  it('isqrt is the exact floor of the root', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 512n }), (value) => {
        const root = isqrt(value);
        expect(root * root <= value && value < (root + 1n) * (root + 1n)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
  it('isqrt is exact around perfect squares', () => {
    for (let root = 1n; root < 1n << 300n; root = root * 7n + 3n) {
      expect(isqrt(root * root)).toBe(root);
      expect(isqrt(root * root - 1n)).toBe(root - 1n);
      expect(isqrt(root * root + 2n * root)).toBe(root);
    }
  });
  it('stake power is the exact floor for every exponent', () => {
    expect([0n, 1n, 2n, 3n, 4n].map((k) => stakePower(16n, k))).toEqual([1n, 2n, 4n, 8n, 16n]);
    expect(stakePower(0n, 0n)).toBe(1n);
    expect(stakePower(0n, 3n)).toBe(0n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 27n }), fc.bigInt({ min: 1n, max: 4n }), (stake, k) => {
        const power = stakePower(stake, k);
        expect(power ** 4n <= stake ** k && stake ** k < (power + 1n) ** 4n).toBe(true);
      }),
    );
  });
  it('stake power refuses exponents beyond its range', () => {
    for (const quarters of [-1n, 5n]) {
      expect(() => stakePower(1n, quarters)).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }),
      );
    }
  });
  it('equal scores share rank and the floored mean of the weights that they span', () => {
    const half = ONE / 2n;
    expect(rankWeights([3n, 1n, 3n, null, 9n], half)).toEqual([
      { rank: 1, weight: (half + half / 2n) / 2n },
      { rank: 0, weight: ONE },
      { rank: 1, weight: (half + half / 2n) / 2n },
      { rank: null, weight: 0n },
      { rank: 3, weight: half / 4n },
    ]);
  });
  it('a better score never weighs less', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -9n, max: 9n }), { maxLength: 30 }), ratio, (scores, q) => {
        const ranked = rankWeights(scores, q);
        const order = scores.map((score, i) => ({ score, weight: ranked[i]?.weight ?? -1n }));
        order.sort((a, b) => Number(a.score - b.score));
        for (const [i, entry] of order.entries()) {
          expect(entry.weight).toBeLessThanOrEqual(order[i - 1]?.weight ?? ONE);
        }
      }),
    );
  });
  it('the role split gives away the pool and nothing else', () => {
    fc.assert(
      fc.property(wei, fc.bigInt({ min: 0n, max: ONE / 2n }), wei, wei, (pool, gamma, t, v) => {
        const split = splitRoles(pool, gamma, t, v);
        expect(split.trainers >= 0n && split.validators >= 0n).toBe(true);
        expect(split.trainers + split.validators).toBe(t + v === 0n ? 0n : pool);
      }),
    );
  });
  it('the role split refuses a gamma above a half', () => {
    expect(() => splitRoles(1n, ONE, 1n, 1n)).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }),
    );
  });
});
