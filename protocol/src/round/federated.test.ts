import { beforeAll, describe, expect, it } from 'vitest';
import { modelFromBytes, modelToBytes } from '../architecture.ts';
import { fileCid } from '../cid.ts';
import { resultHash } from '../commitments.ts';
import { verifyClaim } from '../merkle.ts';
import { decodeResultDocument, summariseResult } from '../result.ts';
import { placesOf } from './rank.ts';
import type { ClassicRule } from '../rules.ts';
import type { TaskDocument } from '../task.ts';
import { scoreRound } from './score.ts';
import type { RoundResult } from './score.ts';
import {
  architecture,
  base,
  content,
  core,
  delta,
  inputs,
  motleyRound,
  submission,
  task,
  train,
  verdictsOf,
} from './testing/corners.ts';
import type { TestSubmission } from './testing/corners.ts';

describe('a federated round with everything that can go wrong', () => {
  let submissions: TestSubmission[];
  let result: RoundResult;

  beforeAll(async () => {
    submissions = await motleyRound();
    result = await scoreRound({ core, task, inputs: inputs(submissions), fetch: content.fetch });
  });

  it('gives every submission its verdict', () => {
    const verdicts = verdictsOf(result);
    expect(verdicts).toMatchObject({
      1: 'not-safetensors',
      3: 'duplicate',
      4: 'no-contribution',
      5: 'not-finite',
      6: 'wrong-tensors',
      8: 'too-large',
      9: 'not-counted',
      11: 'not-safetensors',
      13: 'wrong-root',
    });
    // Honest updates differ in what they add; most of them must count, and none may be refused.
    const honest = [0, 2, 7, 10].map((i) => verdicts[i]);
    expect(honest.every((v) => v === 'valid' || v === 'no-contribution')).toBe(true);
    expect(honest.filter((v) => v === 'valid').length).toBeGreaterThanOrEqual(2);
  });

  it('pays exactly the valid ones, by what each contributed', () => {
    const { submissions: rows, claims } = result.document;
    const valid = rows.filter((s) => s.verdict === 'valid');
    expect(result.claims.map((claim) => claim.leaf.index)).toEqual(valid.map((s) => s.index));
    for (const claim of result.claims) expect(verifyClaim(result.summary.claimsRoot, claim)).toBe(true);
    const sumWeights = valid.reduce((sum, s) => sum + BigInt(s.weight), 0n);
    expect(claims).toMatchObject({
      claimants: valid.length,
      paidSeats: valid.length,
      sumWeights: String(sumWeights),
    });
    expect(result.summary).toMatchObject({ paidSeats: valid.length, sumWeights });
    const scores = rows.map((s) => (s.verdict === 'valid' ? -BigInt(s.contribution ?? '0') : null));
    expect(rows.map((s) => s.rank)).toEqual(placesOf(scores));
    for (const s of rows) expect(s.weight).toBe(s.verdict === 'valid' ? s.contribution : '0');
    expect(valid.every((s) => BigInt(s.weight) > 0n)).toBe(true);
  });

  it('makes the base plus the aggregate of what could be read, and measures both', async () => {
    const { baseline, aggregate, model } = result.document;
    const read = [0, 2, 4, 7, 10].map((i) => deltaOf(submissions[i]));
    if (verdictsOf(result)[12] !== 'not-finite') read.push(deltaOf(submissions[12]));
    const expected = core.add(base, core.aggregate({ rule: 'trimmed-mean', trim: 1 }, read).result);
    expect(result.model).toEqual(modelToBytes(architecture, expected));
    expect(result.modelCid).toBe(await fileCid(result.model));
    expect(model).toBe(result.modelCid);
    expect(baseline?.total).toBe(600);
    expect(BigInt(aggregate?.loss ?? '0')).toBeLessThan(BigInt(baseline?.loss ?? '0'));
    expect(aggregate?.correct ?? 0).toBeGreaterThan(baseline?.correct ?? 600);
  });

  it('gives the same bytes whatever arrives first, and however the inputs are ordered', async () => {
    for (let run = 0; run < 4; run++) {
      let n = run;
      const fetch = async (cid: string) => {
        n = (n * 7 + 3) % 11;
        await new Promise((resolve) => setTimeout(resolve, n));
        return content.fetch(cid);
      };
      const again = await scoreRound({ core, task, inputs: inputs(submissions.toReversed()), fetch });
      expect(again.bytes).toEqual(result.bytes);
      expect(again.resultHash).toBe(result.resultHash);
    }
  });

  it('gives another hash when one byte of one update differs', async () => {
    const changed = delta(1);
    changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
    const cid = await content.add(changed);
    const others = submissions.map((s) => (s.index === 0 ? submission(0, cid) : s));
    const other = await scoreRound({ core, task, inputs: inputs(others), fetch: content.fetch });
    expect(other.resultHash).not.toBe(result.resultHash);
    expect(other.modelCid).not.toBe(result.modelCid);
  });

  it('writes a document from which everything on chain follows', () => {
    const document = decodeResultDocument(result.bytes);
    expect(document).toEqual(result.document);
    const summarised = summariseResult(document);
    expect(summarised.resultHash).toBe(result.resultHash);
    expect(resultHash(result.summary)).toBe(result.resultHash);
    const [first] = document.submissions;
    if (!first) throw new Error('no submission');
    for (const change of [{ sumWeights: '1' }, { trainersRatio: '1' }]) {
      const forged = { ...document, claims: { ...document.claims, ...change } };
      expect(() => summariseResult(forged)).toThrowError(expect.objectContaining({ code: 'PROTOCOL_RESULT_MISMATCH' }));
    }
  });

  it('reports its progress in order', async () => {
    const steps: string[] = [];
    await scoreRound({
      core,
      task,
      inputs: inputs(submissions),
      fetch: content.fetch,
      onProgress: ({ step, done, total }) => {
        expect(done).toBeLessThanOrEqual(total);
        if (steps.at(-1) !== step) steps.push(step);
      },
    });
    expect(steps).toEqual(['shard', 'base', 'fetch', 'score', 'document']);
  });

  function deltaOf(s: TestSubmission | undefined): Float32Array {
    const bytes = content.files.get(s?.cid ?? '');
    if (!bytes) throw new Error('no such content');
    return modelFromBytes(architecture, bytes, { maxBytes: bytes.length });
  }
});

describe('seats', () => {
  const score = (seats: number[], seeds: number[], change: Partial<TaskDocument> = {}) =>
    Promise.all(seeds.map((seed) => content.add(delta(seed)))).then((cids) =>
      scoreRound({
        core,
        task: { ...task, ...change },
        inputs: inputs(cids.map((cid, i) => submission(i, cid, { seats: seats[i] ?? 1 }))),
        fetch: content.fetch,
      }),
    );
  const updates = (seeds: number[]) => seeds.map((seed) => core.subtract(train(seed), base));

  it.each([
    { rule: 'fedavg' },
    { rule: 'median' },
    { rule: 'trimmed-mean', trim: 2 },
    { rule: 'multi-krum', byzantine: 1, select: 4 },
  ] as ClassicRule[])('count a row once each under $rule', async (aggregation) => {
    const result = await score([3, 1, 2], [1, 2, 3], { aggregation });
    const [a, b, c] = updates([1, 2, 3]) as [Float32Array, Float32Array, Float32Array];
    const expected = core.add(base, core.aggregate(aggregation, [a, a, a, b, c, c]).result);
    expect(result.model).toEqual(modelToBytes(architecture, expected));
  });

  it('make what one node has alone enough for a rule that needs as many rows', async () => {
    const result = await score([3], [1]);
    const [update] = updates([1]);
    expect(result.model).toEqual(modelToBytes(architecture, core.add(base, update!)));
    const { submissions: rows, claims } = result.document;
    expect(rows[0]).toMatchObject({ verdict: 'valid', weight: rows[0]?.contribution, seats: 3 });
    expect(claims).toMatchObject({ claimants: 1, paidSeats: 3 });
    expect((await score([2], [1])).document.aggregate).toBeNull();
  });
});
