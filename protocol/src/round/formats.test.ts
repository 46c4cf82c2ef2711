import type { Core } from '@covey/wasm-core';
import { describe, expect, it } from 'vitest';
import { modelToBytes } from '../architecture.ts';
import type { Architecture } from '../architecture.ts';
import { statedCost } from '../cost.ts';
import { encodeDataset, sampleCount } from '../dataset.ts';
import type { Dataset } from '../dataset.ts';
import { samplesOf } from '../samples.ts';
import { samplesRoot } from '../samples-root.ts';
import { encryptShard, sha256Hex } from '../shard.ts';
import type { TaskDocument } from '../task.ts';
import { encodeTaskDocument } from '../task.ts';
import { scoreRound } from './score.ts';
import { content, core, inputs, keys, policy, submission, task, verdictsOf } from './testing/corners.ts';

// Rounds over samples of every form: a task document, an encrypted shard, training, scoring, and what a wrong shard is.

interface Form {
  architecture: Architecture;
  /** Samples that a small network learns. */
  data(count: number, seed: number): Dataset;
}

const dense = (from: number, to: number) => ({ type: 'dense', inputs: from, outputs: to }) as const;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** count × width numbers in ±1, and the sum of each row. */
function rows(count: number, width: number, seed: number): { values: Float32Array; sums: Float32Array } {
  const next = random(seed);
  const values = Float32Array.from({ length: count * width }, () => next() * 2 - 1);
  const sums = Float32Array.from({ length: count }, (_, i) =>
    values.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + value, 0),
  );
  return { values, sums };
}

const forms: Record<string, Form> = {
  'f32 features, two classes': {
    architecture: { layers: [dense(4, 2)], input: 'f32' },
    data: (count, seed) => {
      const { values, sums } = rows(count, 4, seed);
      return { inputs: values, features: 4, labels: Uint8Array.from(sums, (sum) => (sum > 0 ? 1 : 0)) };
    },
  },
  'an f32 image, 300 classes': {
    architecture: {
      layers: [{ type: 'image', channels: 1, height: 2, width: 2 }, { type: 'flatten' }, dense(4, 300)],
      input: 'f32',
    },
    data: (count, seed) => {
      const { values, sums } = rows(count, 4, seed);
      return { inputs: values, features: 4, labels: Uint16Array.from(sums, (sum) => (sum > 0 ? 299 : 7)) };
    },
  },
  'i32 features, real targets': {
    architecture: { layers: [dense(3, 2)], input: 'i32', loss: 'squared-error', targets: 'f32' },
    data: (count, seed) => {
      const { values } = rows(count, 3, seed);
      const features = Int32Array.from(values, (value) => Math.round(value * 3));
      const targets = Float32Array.from({ length: count * 2 }, (_, i) => {
        const row = features.subarray(3 * (i >> 1), 3 * (i >> 1) + 3);
        return i % 2 === 0 ? row[0]! - row[1]! : 0.25 * row[2]! - 1;
      });
      return { inputs: features, features: 3, targets };
    },
  },
  'u8 features, real targets': {
    architecture: { layers: [dense(3, 1)], input: 'u8', loss: 'squared-error', targets: 'f32' },
    data: (count, seed) => {
      const next = random(seed);
      const bytes = Uint8Array.from({ length: count * 3 }, () => next() * 256);
      const targets = Float32Array.from({ length: count }, (_, i) => bytes[3 * i]! / 64 - 2);
      return { inputs: bytes, features: 3, targets };
    },
  },
  'u32 tokens': {
    architecture: {
      layers: [{ type: 'embedding', vocabulary: 65_540, length: 3, width: 2 }, dense(2, 65_540)],
      input: 'tokens',
    },
    data: (count, seed) => {
      const next = random(seed);
      // Always the last of the vocabulary, but at the start.
      const tokens = Uint32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 0 ? next() * 65_540 : 65_539));
      return { inputs: tokens, features: 4 };
    },
  },
};

async function taskOf(form: Form, shardData: Dataset, trainer: Core = core) {
  const { architecture } = form;
  const start = trainer.initialise(architecture.layers, 5);
  const initialModel = await content.add(modelToBytes(architecture, start));
  const plaintext = encodeDataset(shardData);
  const [first, second] = task.validation.shards;
  if (!first || !second) throw new Error('two shards are needed');
  const shard = {
    ...first,
    samples: sampleCount(shardData),
    plaintextSha256: sha256Hex(plaintext),
    samplesRoot: samplesRoot(plaintext),
    ciphertext: await content.add(encryptShard(plaintext, keys[0] ?? '0x', new Uint8Array(24).fill(9))),
  };
  const validation = { ...task.validation, shards: [shard, second] };
  const document: TaskDocument = {
    ...task,
    architecture,
    initialModel,
    aggregation: { rule: 'fedavg' },
    validation,
    cost: String(statedCost({ architecture, validation })),
  };
  // What the schema says of a document of this form.
  encodeTaskDocument(document);
  const roomy = { base: initialModel, policy: { ...policy, maxSubmissionBytes: 2n ** 24n } };
  return { document, start, roomy };
}

describe.each(Object.entries(forms))('%s', (_, form) => {
  it('are trained on, and their updates scored and paid', async () => {
    const { document, start, roomy } = await taskOf(form, form.data(60, 1));
    const updates = [2, 3].map((seed) => {
      const { inputs: own, labels } = samplesOf(form.architecture, form.data(60, seed));
      const settings = { epochs: 4, batchSize: 10, learningRate: 0.1, momentum: 0.5, seed };
      const { layers, loss } = form.architecture;
      const trained = core.train({ layers, loss, parameters: start, inputs: own, labels, ...settings });
      return modelToBytes(form.architecture, core.subtract(trained, start));
    });
    const cids = await Promise.all(updates.map((bytes) => content.add(bytes)));
    const submissions = cids.map((cid, i) => submission(i, cid));
    const result = await scoreRound({ core, task: document, inputs: inputs(submissions, roomy), fetch: content.fetch });
    // Of two that say much the same, one may add nothing to the other.
    const verdicts = Object.values(verdictsOf(result));
    expect(verdicts).toContain('valid');
    for (const verdict of verdicts) expect(['valid', 'no-contribution']).toContain(verdict);
    const { baseline, aggregate, shard } = result.document;
    expect(shard.samples).toBe(60);
    expect(BigInt(aggregate!.loss)).toBeLessThan(BigInt(baseline!.loss));
    expect(result.claims.length).toBeGreaterThan(0);
  });

  const last = (data: Dataset): Dataset => ({ ...data, labels: data.labels?.slice(), targets: data.targets?.slice() });
  const wrong: Record<string, (data: Dataset) => Dataset | undefined> = {
    'with another width': (data) => ({ ...data, features: data.features * 2, ...halved(data) }),
    'with a value that is not finite': (data) => {
      if (!(data.inputs instanceof Float32Array)) return undefined;
      return { ...data, inputs: data.inputs.map((value, i) => (i === 17 ? NaN : value)) };
    },
    'with a target that is not finite': ({ targets, ...data }) => {
      if (!(targets instanceof Float32Array)) return undefined;
      return { ...data, targets: targets.map((value, i) => (i === 3 ? Infinity : value)) };
    },
    'with a class too many': (data) => {
      const { labels } = last(data);
      labels?.set([labels instanceof Uint8Array ? 2 : 300]);
      return labels && { ...data, labels };
    },
    'with labels of another type': ({ labels, ...data }) => labels && { ...data, labels: Uint32Array.from(labels) },
    'with inputs of another type': (data) => ({
      ...data,
      inputs: data.inputs instanceof Uint8Array ? Float32Array.from(data.inputs) : Uint8Array.from(data.inputs),
    }),
    'with a token beyond the vocabulary': (data) => {
      if (!(data.inputs instanceof Uint32Array)) return undefined;
      return { ...data, inputs: data.inputs.map((token, i) => (i === 8 ? 65_540 : token)) };
    },
  };
  it.each(Object.entries(wrong))('a shard %s is shard-invalid for everybody', async (__, spoil) => {
    const spoilt = spoil(form.data(60, 1));
    if (!spoilt) return;
    const { document, start, roomy } = await taskOf(form, spoilt);
    const cid = await content.add(modelToBytes(form.architecture, start));
    const submissions = [submission(0, cid)];
    const result = await scoreRound({ core, task: document, inputs: inputs(submissions, roomy), fetch: content.fetch });
    expect(verdictsOf(result)).toEqual({ 0: 'shard-invalid' });
    expect(result.summary.shardInvalid).toBe(true);
  });
});

/** Half as many labels or targets, so that the file itself holds together. */
function halved({ labels, targets }: Dataset): Pick<Dataset, 'labels' | 'targets'> {
  return {
    ...(labels && { labels: labels.subarray(0, labels.length / 2) }),
    ...(targets && { targets: targets.subarray(0, targets.length / 2) }),
  };
}
