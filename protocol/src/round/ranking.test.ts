import { describe, expect, it } from 'vitest';
import { modelToBytes } from '../architecture.ts';
import { ONE } from '../ratio.ts';
import { evaluateModel } from './evaluate.ts';
import { scoreRound } from './score.ts';
import {
  architecture,
  base,
  baseCid,
  content,
  core,
  delta,
  inputs,
  keys,
  policy,
  shards,
  submission,
  task,
  train,
  verdictsOf,
} from './testing/corners.ts';

describe('ranking by loss', () => {
  it('a federated round pays what beats the base on its own, best first', async () => {
    const updates = [
      delta(1),
      delta(5, { flip: true }),
      delta(2),
      modelToBytes(architecture, new Float32Array(base.length)),
    ];
    const cids = await Promise.all(updates.map((bytes) => content.add(bytes)));
    const result = await scoreRound({
      core,
      task: { ...task, ranking: 'loss' },
      inputs: inputs(cids.map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    const rows = result.document.submissions;
    expect(rows[3]).toMatchObject({ verdict: 'no-contribution', loss: result.document.baseline?.loss });
    expect([rows[0]?.verdict, rows[2]?.verdict]).toEqual(['valid', 'valid']);
    expect(rows.every((s) => s.contribution === null)).toBe(true);
    const [better, worse] = [rows[0], rows[2]].sort((a, b) => Number(BigInt(a?.loss ?? '0') - BigInt(b?.loss ?? '0')));
    expect([better?.rank, worse?.rank]).toEqual([0, 1]);
    expect([better?.weight, worse?.weight]).toEqual([String(ONE), String((ONE * 9n) / 10n)]);
  });

  it('each seat has a rank, in the order of scores', async () => {
    const cids = await Promise.all([1, 2].map((seed) => content.add(modelToBytes(architecture, train(seed)))));
    const score = (seats: number[]) =>
      scoreRound({
        core,
        task: { ...task, mode: 'arena', ranking: 'loss' },
        inputs: inputs(cids.map((cid, i) => submission(i, cid, { seats: seats[i] ?? 1 }))),
        fetch: content.fetch,
      });
    const { submissions: rows, claims } = (await score([2, 3])).document;
    const best = BigInt(rows[0]?.loss ?? '0') < BigInt(rows[1]?.loss ?? '0') ? 0 : 1;
    const [first, second] = [rows[best], rows[1 - best]];
    const powers = [10, 9, 8.1, 7.29, 6.561].map((tenths) => (ONE * BigInt(tenths * 1000)) / 10_000n);
    const sum = (from: number, seats: number) => powers.slice(from, from + seats).reduce((a, b) => a + b, 0n);
    const taken = first?.seats ?? 0;
    expect(first?.weight).toBe(String(sum(0, taken)));
    expect(second?.weight).toBe(String(sum(taken, second?.seats ?? 0)));
    expect(claims).toMatchObject({ claimants: 2, paidSeats: 5, sumWeights: String(sum(0, 5)) });
    // Of all 64 ranks, which weigh just below 10 together.
    expect(Number(claims.trainersRatio) / 1e18).toBeCloseTo(4.0951 / (10 * (1 - 0.9 ** 64)), 12);
  });

  it('in an arena the best model that beats the base by the margin is the next base', async () => {
    const good = modelToBytes(architecture, train(1));
    const bad = modelToBytes(architecture, train(5, { flip: true }));
    const cids = await Promise.all([bad, good, modelToBytes(architecture, base)].map((bytes) => content.add(bytes)));
    const result = await scoreRound({
      core,
      task: { ...task, mode: 'arena', ranking: 'loss' },
      inputs: inputs(cids.map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'no-contribution', 1: 'valid', 2: 'no-contribution' });
    expect(result.modelCid).toBe(cids[1]);
    expect(result.model).toEqual(good);
    expect(result.document.aggregate).toEqual({
      loss: result.document.submissions[1]?.loss,
      correct: result.document.submissions[1]?.correct,
      total: 600,
    });
  });

  it('in an arena a margin that nobody reaches leaves the base', async () => {
    const cid = await content.add(modelToBytes(architecture, train(1)));
    const result = await scoreRound({
      core,
      task: { ...task, mode: 'arena', ranking: 'loss' },
      inputs: inputs([submission(0, cid)], { policy: { ...policy, arenaMargin: ONE } }),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'no-contribution' });
    expect(result.modelCid).toBe(baseCid);
  });
});

describe('evaluateModel', () => {
  it('scores a model on the opened hold-out as the core does', async () => {
    const model = train(1);
    const holdout = shards[2];
    if (!holdout) throw new Error('no hold-out');
    const got = await evaluateModel({
      core,
      task,
      shard: 'holdout',
      key: keys[2] ?? '0x',
      model: modelToBytes(architecture, model),
      fetch: content.fetch,
    });
    expect(got).toEqual(
      core.evaluate({ layers: architecture.layers, parameters: model, inputs: holdout.inputs, labels: holdout.labels }),
    );
  });

  it('refuses another shard’s key', async () => {
    await expect(
      evaluateModel({
        core,
        task,
        shard: 'holdout',
        key: keys[0] ?? '0x',
        model: new Uint8Array(),
        fetch: content.fetch,
      }),
    ).rejects.toMatchObject({ code: 'PROTOCOL_WRONG_KEY' });
  });
});
