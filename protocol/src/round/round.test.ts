import { loadNodeCore } from '@covey/wasm-core/node';
import type { Core } from '@covey/wasm-core';
import { getAddress, numberToHex } from 'viem';
import type { Address } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelFromBytes, modelToBytes, parameterCount } from '../architecture.ts';
import type { Architecture } from '../architecture.ts';
import { blockCid, codecs, fileCid } from '../cid.ts';
import { keyCommitment, resultHash } from '../commitments.ts';
import { encodeDataset } from '../dataset.ts';
import type { Dataset } from '../dataset.ts';
import { ProtocolError } from '../errors.ts';
import { verifyClaim } from '../merkle.ts';
import { paramNames } from '../policy.ts';
import type { PolicyValues } from '../policy.ts';
import { decodeResultDocument, summariseResult } from '../result.ts';
import { encodeSafetensors } from '../safetensors.ts';
import { ONE, rankWeights } from '../settlement/arithmetic.ts';
import { encryptShard, sha256Hex } from '../shard.ts';
import type { TaskDocument } from '../task.ts';
import { evaluateModel } from './evaluate.ts';
import type { RoundInputs, RoundSubmission } from './inputs.ts';
import { scoreRound } from './score.ts';
import type { RoundResult } from './score.ts';

const architecture: Architecture = {
  layers: [{ type: 'dense', inputs: 16, outputs: 12 }, { type: 'relu' }, { type: 'dense', inputs: 12, outputs: 4 }],
  inputScale: 'byte',
};
const features = 16;
const classes = 4;

/** Four noisy bright corners: separable, but not by a model that has learnt nothing. */
function makeDataset(count: number, seed: number): Dataset {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const inputs = new Uint8Array(count * features);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = Math.floor(random() * classes);
    labels[i] = label;
    for (let f = 0; f < features; f++) {
      inputs[i * features + f] = Math.floor(random() * 110) + (f >> 2 === label ? 90 : 0);
    }
  }
  return { inputs, labels, features };
}

class Content {
  readonly files = new Map<string, Uint8Array>();

  async add(bytes: Uint8Array): Promise<string> {
    const cid = await fileCid(bytes);
    this.files.set(cid, bytes);
    return cid;
  }

  readonly fetch = (cid: string): Promise<Uint8Array> => {
    const bytes = this.files.get(cid);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`nobody has ${cid}`));
  };
}

const policy: PolicyValues = {
  ...(Object.fromEntries(paramNames.map((name) => [name, 0n])) as PolicyValues),
  gamma: ONE / 10n,
  rankRatio: (ONE * 9n) / 10n,
  delegationWeight: ONE / 2n,
  trainerStakeQuarterPower: 2n,
  validatorStakeQuarterPower: 4n,
  unlockRatio: ONE / 4n,
  arenaMargin: ONE / 100n,
  maxSubmissionBytes: 4096n,
};

const keys = [1n, 2n, 3n].map((n) => numberToHex(n, { size: 32 }));
const shards = [makeDataset(600, 11), makeDataset(600, 22), makeDataset(600, 33)];

function nodeAddress(index: number): Address {
  return getAddress(numberToHex(0xa0 + index, { size: 20 }));
}

function submission(index: number, cid: string | null, counted = cid !== null): RoundSubmission {
  return {
    index,
    node: nodeAddress(index),
    cid,
    counted,
    stake: { own: 100n * ONE + BigInt(index), delegated: 40n * ONE, commission: ONE / 10n },
  };
}

let core: Core;
let content: Content;
let base: Float32Array;
let baseCid: string;
let task: TaskDocument;

beforeAll(async () => {
  core = await loadNodeCore();
  content = new Content();
  base = core.initialise(architecture.layers, 7);
  baseCid = await content.add(modelToBytes(architecture, base));
  const commitments = await Promise.all(
    shards.map(async (shard, i) => {
      const plaintext = encodeDataset(shard);
      const key = keys[i] ?? '0x';
      return {
        plaintextSha256: sha256Hex(plaintext),
        ciphertext: await content.add(encryptShard(plaintext, key, new Uint8Array(24).fill(i))),
        keyCommitment: keyCommitment(key),
      };
    }),
  );
  const [first, second, holdout] = commitments;
  if (!first || !second || !holdout) throw new Error('three shards are needed');
  task = {
    schema: 'covey.task/1',
    name: 'Corners',
    description: 'Find the bright corner.',
    mode: 'federated',
    architecture,
    initialModel: baseCid,
    metric: 'loss',
    ranking: 'contribution',
    aggregation: { rule: 'trimmed-mean', trim: 1 },
    rounds: 2,
    windows: { commit: 60, reveal: 60, key: 60, availability: 60, resultCommit: 60, resultReveal: 60 },
    minTrainerStake: '1',
    minValidatorStake: '1',
    budget: '1000',
    validation: { shards: [first, second], holdout },
    training: { epochs: 3, batchSize: 16, learningRate: 0.1, momentum: 0.9 },
  };
});

function train(seed: number, options: { flip?: boolean; from?: Float32Array } = {}): Float32Array {
  const data = makeDataset(300, 1000 + seed);
  const labels = options.flip ? data.labels.map((label) => (label + 1) % classes) : data.labels;
  return core.train({
    layers: architecture.layers,
    parameters: options.from ?? base,
    inputs: data.inputs,
    labels,
    epochs: 3,
    batchSize: 16,
    learningRate: 0.1,
    momentum: 0.9,
    seed,
  });
}

function delta(seed: number, options?: { flip?: boolean }): Uint8Array {
  return modelToBytes(architecture, core.subtract(train(seed, options), base));
}

function inputs(submissions: RoundSubmission[], change: Partial<RoundInputs> = {}): RoundInputs {
  return {
    chainId: 31337,
    taskId: 1n,
    round: 0,
    policyVersion: 1,
    policy,
    scorer: core.sha256,
    base: baseCid,
    key: keys[0] ?? '0x',
    submissions,
    ...change,
  };
}

/** A round in which everything that can be wrong with a submission is wrong with one. */
async function motleyRound(): Promise<RoundSubmission[]> {
  const honest = await Promise.all([1, 2, 3, 4].map(async (seed) => content.add(delta(seed))));
  const poison = await content.add(delta(5, { flip: true }));
  const garbage = await content.add(new TextEncoder().encode('this is not a safetensors file, sorry about that'));
  const nan = new Float32Array(parameterCount(architecture));
  nan[5] = NaN;
  const notFinite = await content.add(modelToBytes(architecture, nan));
  const wrongShapes = await content.add(
    modelToBytes({ ...architecture, layers: [{ type: 'dense', inputs: 16, outputs: 4 }] }, new Float32Array(68)),
  );
  const tooLarge = await content.add(
    encodeSafetensors({ big: { dtype: 'U8', shape: [5000], data: new Uint8Array(5000) } }),
  );
  const document = blockCid(codecs.dagJson, new TextEncoder().encode('{}'));
  const overflowing = await content.add(
    modelToBytes(
      architecture,
      core.subtract(
        new Float32Array(base.length),
        base.map((v) => Math.sign(v) * -3.4e38 || 0),
      ),
    ),
  );
  return [
    submission(0, honest[0] ?? null),
    submission(1, garbage),
    submission(2, honest[1] ?? null),
    submission(3, honest[0] ?? null),
    submission(4, poison),
    submission(5, notFinite),
    submission(6, wrongShapes),
    submission(7, honest[2] ?? null),
    submission(8, tooLarge),
    submission(9, null),
    submission(10, await content.add(delta(9)), false),
    submission(11, honest[3] ?? null),
    submission(12, document),
    submission(13, overflowing),
  ];
}

function verdictsOf(result: RoundResult): Record<number, string> {
  return Object.fromEntries(result.document.submissions.map((s) => [s.index, s.verdict]));
}

describe('a federated round with everything that can go wrong', () => {
  let submissions: RoundSubmission[];
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
      9: 'not-revealed',
      10: 'not-counted',
      12: 'not-safetensors',
    });
    // Honest updates differ in what they add; most of them must count, and none may be refused.
    const honest = [0, 2, 7, 11].map((i) => verdicts[i]);
    expect(honest.every((v) => v === 'valid' || v === 'no-contribution')).toBe(true);
    expect(honest.filter((v) => v === 'valid').length).toBeGreaterThanOrEqual(2);
  });

  it('pays exactly the valid ones, by rank and stake', () => {
    const { submissions: rows, claims } = result.document;
    const valid = rows.filter((s) => s.verdict === 'valid');
    expect(result.claims.map((claim) => claim.leaf.index)).toEqual(valid.map((s) => s.index));
    for (const claim of result.claims) expect(verifyClaim(result.summary.claimsRoot, claim)).toBe(true);
    expect(BigInt(claims.sumWeights)).toBe(valid.reduce((sum, s) => sum + BigInt(s.weight), 0n));
    expect(BigInt(claims.qualifyingOwnStake)).toBe(valid.reduce((sum, s) => sum + BigInt(s.stake.own), 0n));
    const scores = rows.map((s) => (s.verdict === 'valid' ? -BigInt(s.contribution ?? '0') : null));
    expect(rows.map((s) => s.rank)).toEqual(rankWeights(scores, policy.rankRatio).map((r) => r.rank));
    for (const s of valid) expect(BigInt(s.weight)).toBeGreaterThan(BigInt(s.ownWeight));
    for (const s of rows) if (s.verdict !== 'valid') expect([s.weight, s.ownWeight]).toEqual(['0', '0']);
  });

  it('makes the base plus the aggregate of what could be read, and measures both', async () => {
    const { baseline, aggregate, model } = result.document;
    const read = [0, 2, 4, 7, 11].map((i) => deltaOf(submissions[i]));
    if (verdictsOf(result)[13] !== 'not-finite') read.push(deltaOf(submissions[13]));
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
    const others = submissions.map((s) => (s.index === 0 ? { ...s, cid } : s));
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
    const forged = { ...document, claims: { ...document.claims, sumWeights: '1' } };
    expect(() => summariseResult(forged)).toThrowError(expect.objectContaining({ code: 'PROTOCOL_RESULT_MISMATCH' }));
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

  function deltaOf(s: RoundSubmission | undefined): Float32Array {
    const bytes = content.files.get(s?.cid ?? '');
    if (!bytes) throw new Error('no such content');
    return modelFromBytes(architecture, bytes, { maxBytes: bytes.length });
  }
});

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
    // Leaving it out would trim an honest update instead and cost something: its own values must tell.
    const row = result.document.submissions[0];
    expect(row?.verdict).toBe('no-contribution');
    expect(BigInt(row?.contribution ?? '0')).toBeGreaterThan(0n);
    expect(BigInt(row?.marginal ?? '0')).toBeLessThan(0n);
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
    expect(result.document.submissions[0]?.correct).toBeTypeOf('number');
    expect(result.claims).toEqual([]);
    expect(result.summary.claimsRoot).toBe(`0x${'00'.repeat(32)}`);
  });

  it('where leaving one out leaves too few, contribution is measured against the base', async () => {
    const cids = await Promise.all([1, 2, 3].map((seed) => content.add(delta(seed))));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs(cids.map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    const { baseline, aggregate, submissions } = result.document;
    const gain = BigInt(baseline?.loss ?? '0') - BigInt(aggregate?.loss ?? '0');
    expect(submissions.map((s) => s.contribution)).toEqual([String(gain), String(gain), String(gain)]);
    expect(submissions.map((s) => s.rank)).toEqual([0, 0, 0]);
  });

  it('under a mean both measures of an update are the same but for rounding', async () => {
    const cids = await Promise.all([1, 2, 3, 4].map((seed) => content.add(delta(seed))));
    const result = await scoreRound({
      core,
      task: { ...task, aggregation: { rule: 'fedavg' } },
      inputs: inputs(cids.map((cid, i) => submission(i, cid))),
      fetch: content.fetch,
    });
    const baseline = Number(result.document.baseline?.loss);
    for (const s of result.document.submissions) {
      expect(Math.abs(Number(s.contribution) - Number(s.marginal)) / baseline).toBeLessThan(1e-5);
    }
  });

  it('an empty round and one without reveals have a result', async () => {
    const empty = await scoreRound({ core, task, inputs: inputs([]), fetch: content.fetch });
    expect(empty.document.submissions).toEqual([]);
    const silent = await scoreRound({ core, task, inputs: inputs([submission(0, null)]), fetch: content.fetch });
    expect(verdictsOf(silent)).toEqual({ 0: 'not-revealed' });
    expect(silent.modelCid).toBe(baseCid);
  });

  it('a copy of an update that was not counted is still a duplicate', async () => {
    const cid = await content.add(delta(1));
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, cid, false), submission(1, cid)]),
      fetch: content.fetch,
    });
    expect(verdictsOf(result)).toEqual({ 0: 'not-counted', 1: 'duplicate' });
  });

  it('the same bytes under another CID are a duplicate', async () => {
    const bytes = delta(1);
    const cid = await content.add(bytes);
    const other = blockCid(codecs.dagPb, bytes);
    const fetch = (wanted: string) => content.fetch(wanted === other ? cid : wanted);
    const result = await scoreRound({
      core,
      task,
      inputs: inputs([submission(0, cid), submission(1, other)]),
      fetch,
    });
    expect(verdictsOf(result)[1]).toBe('duplicate');
  });

  it('what the source says of the content itself is a verdict', async () => {
    const [large, directory] = [blockCid(codecs.dagPb, new Uint8Array(1)), blockCid(codecs.dagPb, new Uint8Array(2))];
    const fetch = (cid: string) => {
      if (cid === large) return Promise.reject(Object.assign(new Error('too large'), { code: 'NODES_TOO_LARGE' }));
      if (cid === directory) return Promise.reject(new ProtocolError('PROTOCOL_NOT_A_FILE', 'a directory'));
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
        task: { ...task, validation: { ...task.validation, shards: [broken, second] } },
        inputs: inputs([
          submission(0, await content.add(delta(1))),
          submission(1, null),
          submission(2, baseCid, false),
        ]),
        fetch: content.fetch,
      });
      expect(verdictsOf(result)).toEqual({ 0: 'shard-invalid', 1: 'not-revealed', 2: 'not-counted' });
      expect(result.document.baseline).toBeNull();
      expect(result.modelCid).toBe(baseCid);
      expect(result.claims).toEqual([]);
    });
  }

  it('a shard with the promised hash but of another shape is shard-invalid', async () => {
    const key = keys[0] ?? '0x';
    const plaintext = encodeDataset({ inputs: new Uint8Array(8), labels: new Uint8Array(2), features: 4 });
    const ciphertext = await content.add(encryptShard(plaintext, key, new Uint8Array(24)));
    const [first, second] = task.validation.shards;
    if (!first || !second) throw new Error('two shards are needed');
    const shard = { ...first, ciphertext, plaintextSha256: sha256Hex(plaintext) };
    const result = await scoreRound({
      core,
      task: { ...task, validation: { ...task.validation, shards: [shard, second] } },
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
    expect(result.modelCid).toBe(garbage);
  });
});

describe('questions that have no answer', () => {
  const failing = (p: Parameters<typeof scoreRound>[0]) =>
    scoreRound(p).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('content out of reach is a retryable error, no verdict', async () => {
    const cid = blockCid(codecs.raw, new TextEncoder().encode('never stored'));
    const error = await failing({ core, task, inputs: inputs([submission(0, cid)]), fetch: content.fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_FETCH_FAILED', retryable: true });
  });

  it('bytes that are not the content of their CID are refused', async () => {
    const cid = await content.add(delta(1));
    const fetch = async (wanted: string) => {
      const bytes = Uint8Array.from(await content.fetch(wanted));
      if (wanted === cid) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return bytes;
    };
    const error = await failing({ core, task, inputs: inputs([submission(0, cid)]), fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_CONTENT_MISMATCH', retryable: true, expected: cid });
  });

  it('another key is refused', async () => {
    const error = await failing({ core, task, inputs: inputs([], { key: keys[1] ?? '0x' }), fetch: content.fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_WRONG_KEY', retryable: false });
  });

  it('another scorer is refused', async () => {
    const scorer = `0x${'11'.repeat(32)}` as const;
    const error = await failing({ core, task, inputs: inputs([], { scorer }), fetch: content.fetch });
    expect(error).toMatchObject({ code: 'PROTOCOL_SCORER_MISMATCH' });
  });

  it('a round beyond the task, and gaps in the submissions, are refused', async () => {
    for (const broken of [
      inputs([], { round: 2 }),
      inputs([submission(1, null)]),
      inputs([submission(0, null), submission(0, null)]),
    ]) {
      const error = await failing({ core, task, inputs: broken, fetch: content.fetch });
      expect(error).toMatchObject({ code: 'PROTOCOL_INVALID_ARGUMENT' });
    }
  });

  it('a cancelled signal ends the work', async () => {
    const stop = new AbortController();
    const cid = await content.add(delta(1));
    const error = await failing({
      core,
      task,
      inputs: inputs([submission(0, cid)]),
      fetch: content.fetch,
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === 'fetch') stop.abort(new Error('enough'));
      },
    });
    expect(error).toMatchObject({ message: 'enough' });
  });
});

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
