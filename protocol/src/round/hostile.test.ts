import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelToBytes } from '../architecture.ts';
import { blockCid, codecs, fileCid } from '../cid.ts';
import { statedCost } from '../cost.ts';
import { encodeDataset } from '../dataset.ts';
import { protocolError } from '../errors.ts';
import { samplesRoot } from '../samples-root.ts';
import { parameterRoot } from '../parameter-root.ts';
import { encryptShard, sha256Hex } from '../shard.ts';
import type { ShardCommitment, TaskDocument } from '../task.ts';
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
  makeDataset,
  submission,
  task,
  verdictsOf,
} from './testing/corners.ts';

/** The task with other shards, and the cost that follows. */
function withShards(shards: ShardCommitment[]): TaskDocument {
  const validation = { ...task.validation, shards };
  return { ...task, validation, cost: String(statedCost({ architecture, validation })) };
}

describe('hostile and unlucky rounds', () => {
  it('an update that overflows the base is not finite, and stops nobody', async () => {
    const huge = core.initialise(architecture.layers, 7).map(() => 3.4e38);
    const hugeBase = await content.add(modelToBytes(architecture, huge));
    const update = await content.add(modelToBytes(architecture, huge));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, update)], { base: hugeBase }),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'not-finite' });
    expect(result.modelCid).toBe(hugeBase);
  });

  it('a finite update of absurd size is aggregated, trimmed away and not paid', async () => {
    const absurd = await content.add(modelToBytes(architecture, new Float32Array(base.length).fill(1e38)));
    const honest = await Promise.all([1, 2, 3, 4].map((seed) => content.add(delta(seed))));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([absurd, ...honest].map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    expect(result.document.submissions[0]).toMatchObject({ verdict: 'no-contribution', contribution: '0' });
    expect(BigInt(result.document.aggregate?.loss ?? '0')).toBeLessThan(BigInt(result.document.baseline?.loss ?? '0'));
  });

  it('an aggregate beyond f32 leaves the base as it is', async () => {
    const small = core.subtract(base, base);
    const updates = await Promise.all(
      [3.3e38, 3.2e38, 3.1e38].map((v) =>
        content.add(
          modelToBytes(
            architecture,
            small.map(() => v),
          ),
        ),
      ),
    );
    const heavy = await content.add(
      modelToBytes(
        architecture,
        small.map(() => 1e38),
      ),
    );
    const result = await scoreRound({
      core,
      task: { ...task, aggregation: { rule: 'fedavg' } },
      inputs: inputs(
        updates.map((cid, i) => submission(i, cid)),
        { base: heavy },
      ),
      fetch: content.fetch,
    });
    expect(new Set(Object.values(verdictsOf(result)))).toEqual(new Set(['not-finite']));
    expect(result.modelCid).toBe(heavy);
    expect(result.document.aggregate).toBeNull();
  });

  for (const ranking of ['contribution', 'loss'] as const) {
    it(`one update of 1e38 under a plain mean costs the round, not the task (ranking by ${ranking})`, async () => {
      const absurd = await content.add(modelToBytes(architecture, new Float32Array(base.length).fill(1e38)));
      const honest = await Promise.all([1, 2, 3].map((seed) => content.add(delta(seed))));
      const score = (cids: string[]) =>
        scoreRound({
          core,
          task: { ...task, ranking, aggregation: { rule: 'fedavg' } },
          inputs: inputs(cids.map((cid, i) => submission(i, cid))),
          fetch: content.fetch,
        });
      const ruined = await score([...honest, absurd]);
      expect(new Set(Object.values(verdictsOf(ruined)))).toEqual(new Set(['no-contribution']));
      expect(ruined.modelCid).toBe(baseCid);
      expect(ruined.model).toEqual(content.files.get(baseCid));
      expect(ruined.document.aggregate).toBeNull();
      expect(ruined.claims).toEqual([]);
      // Without it the same three make a better model.
      const clean = await score(honest);
      expect(clean.modelCid).not.toBe(baseCid);
      expect(Object.values(verdictsOf(clean))).toContain('valid');
    });
  }

  it('updates that change nothing leave the base and earn nothing', async () => {
    const nothing = modelToBytes(architecture, new Float32Array(base.length));
    const small = modelToBytes(architecture, new Float32Array(base.length).fill(1e-30));
    const cids = await Promise.all([nothing, small].map((bytes) => content.add(bytes)));
    const result = await scoreRound({
      core,
      task: { ...task, aggregation: { rule: 'median' } },
      inputs: inputs(cids.map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'no-contribution', 1: 'no-contribution' });
    expect(result.modelCid).toBe(baseCid);
  });

  it('with fewer updates than the rule needs there is no aggregate and no pay', async () => {
    const cids = await Promise.all([1, 2].map((seed) => content.add(delta(seed))));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs(cids.map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'no-contribution', 1: 'no-contribution' });
    expect(result.modelCid).toBe(baseCid);
    expect(result.model).toEqual(content.files.get(baseCid));
    expect(result.document.aggregate).toBeNull();
    expect(result.document.submissions[0]).toMatchObject({ contribution: '0', rank: null });
    expect(result.claims).toEqual([]);
    expect(result.summary.claimsRoot).toBe(`0x${'00'.repeat(32)}`);
  });

  it('an empty round has a result', async () => {
    const empty = await scoreRound({ core, task, inputs: inputs([]), fetch: content.fetch });
    expect(empty.document.submissions).toEqual([]);
    expect(empty.modelCid).toBe(baseCid);
    expect(empty.summary).toMatchObject({ claimants: 0, shardInvalid: false });
  });

  it('a copy of an update that was not counted is still a duplicate', async () => {
    const cid = await content.add(delta(1));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, cid, { counts: false }), submission(1, cid)]),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'not-counted', 1: 'duplicate' });
  });

  it('identical content belongs to whoever committed first, and in the same block to the lower index', async () => {
    const cid = await content.add(delta(1));
    const twice = (...times: [number, number, number]) =>
      scoreRound({
        core,
        task,
        inputs: inputs(times.map((committedBlock, index) => submission(index, cid, { committedBlock }))),
        fetch: content.fetch,
      });
    const copies = (result: Awaited<ReturnType<typeof twice>>) =>
      result.document.submissions.filter(({ verdict }) => verdict === 'duplicate').map(({ index }) => index);
    expect(copies(await twice(7, 5, 6))).toEqual([0, 2]);
    expect(copies(await twice(5, 5, 5))).toEqual([1, 2]);
    expect(copies(await twice(6, 5, 5))).toEqual([0, 2]);
  });

  describe('a root that is not that of the bytes', () => {
    const wrong = { parameterRoot: `0x${'ab'.repeat(32)}` } as const;
    const score = async (...changes: Parameters<typeof submission>[2][]) => {
      const cid = await content.add(delta(1));
      const submissions = changes.map((change, i) => submission(i, cid, change));
      return verdictsOf(await scoreRound({ core, task, inputs: inputs(submissions), fetch: content.fetch }));
    };

    it('is its own verdict, before any of what the bytes hold', async () => {
      const garbage = await content.add(new TextEncoder().encode('no safetensors'));
      const result = await scoreRound({
        core,
        task,
        inputs: inputs([submission(0, garbage, wrong), submission(1, garbage)]),
        fetch: content.fetch,
      });
      expect(verdictsOf(result)).toEqual({ 0: 'wrong-root', 1: 'not-safetensors' });
    });

    it('makes nobody’s right one a duplicate, and takes no part in whose content it is', async () => {
      expect(await score(wrong, {})).toEqual({ 0: 'wrong-root', 1: 'no-contribution' });
      expect(await score({ committedBlock: 1001 }, { ...wrong, committedBlock: 5 })).toEqual({
        0: 'no-contribution',
        1: 'wrong-root',
      });
      expect(await score({ ...wrong, counts: false }, {}, {})).toEqual({
        0: 'not-counted',
        1: 'no-contribution',
        2: 'duplicate',
      });
      expect(await score({}, wrong)).toEqual({ 0: 'no-contribution', 1: 'wrong-root' });
    });
  });

  it('the same bytes under another CID are a duplicate', async () => {
    const bytes = delta(1);
    const cid = await content.add(bytes);
    const other = blockCid(codecs.dagPb, bytes);
    const fetch = (wanted: string) => content.fetch(wanted === other ? cid : wanted);
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, cid), submission(1, other, { parameterRoot: parameterRoot(bytes) })]),
      fetch,
    });
    expect(verdictsOf(result)[1]).toBe('duplicate');
  });

  it('what the source says of the content itself is a verdict', async () => {
    const [large, directory] = [blockCid(codecs.dagPb, new Uint8Array(1)), blockCid(codecs.dagPb, new Uint8Array(2))];
    const fetch = (cid: string) => {
      if (cid === large) return Promise.reject(Object.assign(new Error('too large'), { code: 'NODES_TOO_LARGE' }));
      if (cid === directory) return Promise.reject(protocolError('PROTOCOL_NOT_A_FILE', 'a directory'));
      return content.fetch(cid);
    };
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, large), submission(1, directory)]),
      fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'too-large', 1: 'not-safetensors' });
  });

  it('a source that gives more than it was asked for proves nothing by that, unless the bytes are the content', async () => {
    const long = new Uint8Array(1_100_000);
    const [raw, file] = [blockCid(codecs.raw, long), await fileCid(long)];
    const fetch = (cid: string) => (cid === raw || cid === file ? Promise.resolve(long) : content.fetch(cid));
    const score = (...cids: string[]) =>
      scoreRound({ core, task, inputs: inputs(cids.map((cid, index) => submission(index, cid))), fetch });
    expect(verdictsOf(await score(raw, file))).toEqual({ 0: 'too-large', 1: 'too-large' });
    const small = await content.add(delta(1));
    const asFile = blockCid(codecs.dagPb, new Uint8Array([1]));
    const padding = (cid: string) => (cid === asFile ? Promise.resolve(long) : fetch(cid));
    await expect(
      scoreRound({ core, task, inputs: inputs([submission(0, small), submission(1, asFile)]), fetch: padding }),
    ).rejects.toMatchObject({ code: 'PROTOCOL_FETCH_FAILED', retryable: true });
  });

  it('asks the source for no more than the policy allows', async () => {
    const cid = await content.add(delta(1));
    const asked = new Map<string, number>();
    const fetch = (wanted: string, { maxBytes }: { maxBytes: number }) => {
      asked.set(wanted, maxBytes);
      return content.fetch(wanted);
    };
    await scoreRound({ core, task, inputs: inputs([submission(0, cid)]), fetch });
    expect(asked.get(cid)).toBe(4096);
  });

  const brokenShards: Record<string, (key: `0x${string}`) => Uint8Array> = {
    'does not open': (key) => encryptShard(encodeDataset(makeDataset(9, 1)), key, new Uint8Array(24)).fill(0, 30, 31),
    'holds other samples than promised': (key) =>
      encryptShard(encodeDataset(makeDataset(9, 1)), key, new Uint8Array(24)),
    'is no ciphertext at all': () => new Uint8Array(5),
  };
  for (const [what, make] of Object.entries(brokenShards)) {
    it(`a shard that ${what} is shard-invalid for everybody`, async () => {
      const key = keys[0] ?? '0x';
      const [first, second] = task.validation.shards;
      if (!first || !second) throw new Error('two shards are needed');
      const broken = { ...first, ciphertext: await content.add(make(key)) };
      const result = await scoreRound({
        core,
        task: withShards([broken, second]),
        inputs: inputs([submission(0, await content.add(delta(1))), submission(1, baseCid, { counts: false })]),
        fetch: content.fetch,
      });
      expect(verdictsOf(result)).toEqual({ 0: 'shard-invalid', 1: 'not-counted' });
      expect(result.document.baseline).toBeNull();
      expect(result.modelCid).toBe(baseCid);
      expect(result.claims).toEqual([]);
      expect(result.document.shard.samples).toBeNull();
      expect(result.summary).toMatchObject({
        shardInvalid: true,
        claimsRoot: `0x${'00'.repeat(32)}`,
        claimants: 0,
        paidSeats: 0,
        sumWeights: 0n,
        trainersRatio: 0n,
      });
    });
  }

  it('a shard with the promised hash but another root over its samples is shard-invalid', async () => {
    const [first, second] = task.validation.shards;
    if (!first || !second) throw new Error('two shards are needed');
    const shard = { ...first, samplesRoot: `0x${'ab'.repeat(32)}` } as const;
    const result = await scoreRound({
      core,
      task: withShards([shard, second]),
      inputs: inputs([submission(0, await content.add(delta(1)))]),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'shard-invalid' });
    expect(result.summary.shardInvalid).toBe(true);
  });

  it('a shard with the promised hash but another number of samples is shard-invalid', async () => {
    const [first, second] = task.validation.shards;
    if (!first || !second) throw new Error('two shards are needed');
    const result = await scoreRound({
      core,
      task: withShards([{ ...first, samples: first.samples - 1 }, second]),
      inputs: inputs([submission(0, await content.add(delta(1)))]),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'shard-invalid' });
  });

  it('a shard with the promised hash but of another shape is shard-invalid', async () => {
    const key = keys[0] ?? '0x';
    const plaintext = encodeDataset({ inputs: new Uint8Array(8), labels: new Uint8Array(2), features: 4 });
    const ciphertext = await content.add(encryptShard(plaintext, key, new Uint8Array(24)));
    const [first, second] = task.validation.shards;
    if (!first || !second) throw new Error('two shards are needed');
    const shard = {
      ...first,
      ciphertext,
      samples: 2,
      plaintextSha256: sha256Hex(plaintext),
      samplesRoot: samplesRoot(plaintext),
    };
    const result = await scoreRound({
      core,
      task: withShards([shard, second]),
      inputs: inputs([submission(0, await content.add(delta(1)))]),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'shard-invalid' });
  });

  it('a base that is no model is base-invalid for everybody', async () => {
    const garbage = await content.add(new TextEncoder().encode('garbage'));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, await content.add(delta(1)))], { base: garbage }),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'base-invalid' });
    expect(result.summary.shardInvalid).toBe(false);
    expect(result.modelCid).toBe(garbage);
  });

  it('whatever bytes are submitted, every submission gets a verdict', async () => {
    const honest = delta(1);
    const mutated = fc
      .array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Uint8Array.from(honest);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const file = fc.oneof(
      mutated,
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(honest.length).map((length) => honest.slice(0, length)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 20, maxLength: 20 }), async (files) => {
        const cids = await Promise.all(files.map((bytes) => content.add(bytes)));
        const result = await scoreRound({
          core,
          task,
          inputs: inputs(cids.map((cid, i) => submission(i, cid))),
          fetch: content.fetch,
        });
        const possible = ['valid', 'no-contribution', 'duplicate', 'not-safetensors', 'wrong-tensors', 'not-finite'];
        for (const verdict of Object.values(verdictsOf(result))) expect(possible).toContain(verdict);
      }),
      { numRuns: 25 },
    );
  });
});
