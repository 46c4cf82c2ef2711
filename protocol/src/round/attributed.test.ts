import { beforeAll, describe, expect, it } from 'vitest';
import { modelFromBytes, modelToBytes } from '../architecture.ts';
import type { Architecture } from '../architecture.ts';
import { blockCid, codecs } from '../cid.ts';
import { keyCommitment } from '../commitments.ts';
import { statedCost } from '../cost.ts';
import { encodeDataset } from '../dataset.ts';
import { samplesRoot } from '../samples-root.ts';
import { encryptShard, sha256Hex } from '../shard.ts';
import type { TaskDocument } from '../task.ts';
import type { RoundInputs } from './inputs.ts';
import { OPENED_SHARDS } from '../open-data-limits.ts';
import { scoreRound, type RoundResult } from './score.ts';
import {
  architecture,
  base,
  baseCid,
  content,
  core,
  delta,
  inputs,
  keys,
  motleyRound,
  shards,
  submission,
  task as corners,
  verdictsOf,
} from './testing/corners.ts';

const task: TaskDocument = { ...corners, aggregation: { rule: 'attributed-mean', publicEpochs: 2, clip: 0 } };

const add = (parameters: Float32Array) => content.add(modelToBytes(architecture, parameters));
const read = (bytes: Uint8Array) => modelFromBytes(architecture, bytes, { maxBytes: bytes.length });

async function score(cids: string[], change: Partial<RoundInputs> = {}, of = task): Promise<RoundResult> {
  const submissions = cids.map((cid, i) => submission(i, cid));
  return scoreRound({ core, task: of, inputs: inputs(submissions, change), fetch: content.fetch });
}

describe('a round of the attributed mean', () => {
  let honest: string[];
  let first: RoundResult;
  /** The second round, which starts from what the first one made. */
  const second = (cids: string[], change: Partial<RoundInputs> = {}) =>
    score(cids, {
      round: 1,
      key: keys[1]!,
      base: first.modelCid,
      opened: [{ round: 0, key: keys[0]! }],
      last: first.cid,
      ...change,
    });

  beforeAll(async () => {
    honest = await Promise.all([1, 2, 3, 4].map((seed) => content.add(delta(seed))));
    first = await score(honest);
    content.files.set(first.cid, first.bytes);
    content.files.set(first.delta!.cid, first.delta!.bytes);
    content.files.set(first.modelCid, first.model);
  });

  it('gives every submission its verdict, whatever else was sent', async () => {
    const submissions = await motleyRound();
    const result = await scoreRound({ core, task, inputs: inputs(submissions), fetch: content.fetch });
    expect(verdictsOf(result)).toMatchObject({
      1: 'not-safetensors',
      3: 'duplicate',
      4: 'no-contribution',
      9: 'not-counted',
    });
    for (const s of result.document.submissions) {
      expect(s.weight).toBe(s.verdict === 'valid' ? s.contribution : '0');
      expect([s.loss, s.correct]).toEqual([null, null]);
    }
  });

  it('pays honest work, not its opposite, and leaves out what is faint', async () => {
    const flipped = await content.add(delta(5, { flip: true }));
    const faint = await add(read(delta(6)).map((value) => value * 1e-3));
    const { document } = await score([...honest, flipped, faint]);
    const verdicts = document.submissions.map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['valid', 'valid', 'valid', 'valid', 'no-contribution', 'left-out']);
    expect(BigInt(document.aggregate!.loss)).toBeLessThan(BigInt(document.baseline!.loss));
  });

  it('ends with the aggregate trained on by the core on the round’s own shard, and says what led to it', async () => {
    const { document } = first;
    const aggregated = core.add(base, read(first.delta!.bytes));
    const trained = core.train({
      ...task.training,
      ...shards[0]!,
      layers: architecture.layers,
      parameters: aggregated,
      epochs: 2,
      seed: 0,
    });
    expect(first.model).toEqual(modelToBytes(architecture, trained));
    expect(document).toMatchObject({ model: first.modelCid, lastDelta: first.delta!.cid, opened: [] });
    expect(document.aggregate!.loss).toBe(
      String(core.evaluate({ layers: architecture.layers, ...shards[0]!, parameters: aggregated }).loss),
    );
  });

  it('pays nobody for what opened shards and the last result say', async () => {
    const start = read(first.model);
    const opened = core.train({
      ...task.training,
      ...shards[0]!,
      layers: architecture.layers,
      parameters: start,
      epochs: 1,
      seed: 1,
    });
    const own = await Promise.all(
      [11, 12, 13].map(async (seed) => {
        const noisy = core.add(
          start,
          read(delta(seed)).map((value) => value / 20),
        );
        return add(core.subtract(noisy, start));
      }),
    );
    const rider = await add(core.subtract(opened, start));
    const replay = first.delta!.cid;
    const { document } = await second([...own, rider, replay]);
    expect(document.opened).toEqual([0]);
    const of = (index: number) => Number(document.submissions[index]!.contribution);
    const most = Math.max(of(0), of(1), of(2));
    expect(most).toBeGreaterThan(0);
    expect(of(3)).toBeLessThanOrEqual(most / 10);
    expect(of(4)).toBeLessThanOrEqual(most / 10);
  });

  it('carries the last delta on where a round makes none, and the base where nothing is trained', async () => {
    const opposite = await Promise.all([1, 2].map((seed) => add(read(delta(seed)).map((value) => -value))));
    const { document, delta: made } = await second(opposite);
    expect(made).toBeNull();
    expect(document).toMatchObject({ aggregate: null, lastDelta: first.delta!.cid });
    const still = { ...task, aggregation: { rule: 'attributed-mean', publicEpochs: 0, clip: 0 } } as const;
    expect((await score(opposite, {}, still)).modelCid).toBe(baseCid);
  });

  it('does without a last result that is no document, and without a broken opened shard', async () => {
    const bytes = new TextEncoder().encode('{"schema":"none"}');
    const junk = blockCid(codecs.dagJson, bytes);
    content.files.set(junk, bytes);
    const opposite = await Promise.all([1, 2].map((seed) => add(read(delta(seed)).map((value) => -value))));
    expect((await second(opposite, { last: junk })).document.lastDelta).toBeNull();
    const [opened, next] = task.validation.shards;
    const broken = {
      ...task,
      validation: { ...task.validation, shards: [{ ...opened!, plaintextSha256: next!.samplesRoot }, next!] },
    };
    const change = { round: 1, key: keys[1]!, base: first.modelCid, last: null, opened: [{ round: 0, key: keys[0]! }] };
    const cut = await score(honest, change, broken);
    const none = await score(honest, { ...change, opened: [] }, broken);
    expect(cut.modelCid).toBe(none.modelCid);
    expect(cut.document.submissions).toEqual(none.document.submissions);
  });

  it('is the same whatever comes first, and fails only where content is out of reach', async () => {
    const submissions = honest.map((cid, i) => submission(i, cid));
    const change = {
      round: 1,
      key: keys[1]!,
      base: first.modelCid,
      opened: [{ round: 0, key: keys[0]! }],
      last: first.cid,
    };
    let n = 0;
    const fetch = async (cid: string) => {
      n = (n * 7 + 3) % 11;
      await new Promise((resolve) => setTimeout(resolve, n));
      return content.fetch(cid);
    };
    const again = await scoreRound({ core, task, inputs: inputs(submissions.toReversed(), change), fetch });
    expect(again.resultHash).toBe((await second(honest)).resultHash);
    const missing = blockCid(codecs.dagJson, new Uint8Array(3));
    await expect(second(honest, { last: missing })).rejects.toMatchObject({ code: 'PROTOCOL_FETCH_FAILED' });
  });

  it('refuses opened shards that are not of earlier rounds, in order, with their keys', async () => {
    const bad = [
      [{ round: 1, key: keys[1]! }],
      [{ round: 0, key: keys[1]! }],
      Array.from({ length: OPENED_SHARDS + 1 }, (_, round) => ({ round, key: keys[0]! })),
      [
        { round: 0, key: keys[0]! },
        { round: 0, key: keys[0]! },
      ],
    ];
    for (const opened of bad) await expect(second(honest, { opened })).rejects.toThrowError(/shard/);
  });

  it('does without a direction that is beyond f32, though both of its models are not', async () => {
    const wide: Architecture = {
      layers: [{ type: 'dense', inputs: 1, outputs: 8 }],
      input: 'u8',
      loss: 'squared-error',
      targets: 'f32',
    };
    const made = await Promise.all(
      keys.map(async (key, i) => {
        const data = { inputs: new Uint8Array(10).fill(i), features: 1, targets: new Float32Array(80).fill(i) };
        const plaintext = encodeDataset(data);
        const ciphertext = await content.add(encryptShard(plaintext, key, new Uint8Array(24).fill(i + 9)));
        const plaintextSha256 = sha256Hex(plaintext);
        return {
          plaintextSha256,
          samples: 10,
          samplesRoot: samplesRoot(plaintext),
          ciphertext,
          keyCommitment: keyCommitment(key),
        };
      }),
    );
    const validation = { shards: made.slice(0, 2), holdout: made[2]! };
    const start = new Float32Array(16).fill(-2.5e38, 8);
    const wideBase = await content.add(modelToBytes(wide, start));
    const swinging = {
      ...task,
      architecture: wide,
      initialModel: wideBase,
      validation,
      cost: String(statedCost({ architecture: wide, validation })),
      training: { epochs: 1, batchSize: 1, learningRate: 0.4, momentum: 0.98 },
    };
    const update = await content.add(modelToBytes(wide, new Float32Array(16).fill(1e38, 8)));
    const change = { round: 1, key: keys[1]!, base: wideBase, opened: [{ round: 0, key: keys[0]! }] };
    expect((await score([update], change, swinging)).document.opened).toEqual([0]);
  });
});
