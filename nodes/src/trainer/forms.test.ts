import {
  decodeDataset,
  decodeSamples,
  decryptShard,
  encodeDataset,
  modelToBytes,
  sampleCount,
  samplesOf,
  updateFromBytes,
  type Architecture,
  type Dataset,
  type TaskDocument,
} from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { selectRows } from '../data/dataset.ts';
import { cut } from '../data/split.ts';
import { prepareValidation } from '../data/validation.ts';
import { tinyDraft } from '../testing/tiny-task.ts';
import { trainUpdate } from './train-update.ts';

// Data of every form on its way through a node: cut into shards, read back, trained on.

const core = await loadNodeCore();
const count = 40;
const wave = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 50 - 1);

const forms: Record<string, { architecture: Architecture; data: Dataset }> = {
  'f32 features and u16 labels': {
    architecture: { layers: [{ type: 'dense', inputs: 3, outputs: 300 }], input: 'f32' },
    data: {
      inputs: wave(count * 3),
      features: 3,
      labels: Uint16Array.from({ length: count }, (_, i) => (i % 2) * 299),
    },
  },
  'i32 features and real targets': {
    architecture: {
      layers: [{ type: 'dense', inputs: 3, outputs: 2 }],
      input: 'i32',
      loss: 'squared-error',
      targets: 'f32',
    },
    data: { inputs: Int32Array.from(wave(count * 3), (v) => v * 4), features: 3, targets: wave(count * 2) },
  },
  'bytes and byte targets': {
    architecture: {
      layers: [{ type: 'dense', inputs: 3, outputs: 1 }],
      input: 'u8',
      loss: 'squared-error',
      targets: 'u8',
    },
    data: {
      inputs: Uint8Array.from({ length: count * 3 }, (_, i) => (i * 29) % 256),
      features: 3,
      targets: Uint8Array.from({ length: count }, (_, i) => i),
    },
  },
  'u32 tokens': {
    architecture: {
      layers: [
        { type: 'embedding', vocabulary: 65_537, length: 3, width: 1 },
        { type: 'dense', inputs: 1, outputs: 65_537 },
      ],
      input: 'tokens',
    },
    data: { inputs: Uint32Array.from({ length: count * 4 }, (_, i) => (i % 3) * 32_768), features: 4 },
  },
};

describe.each(Object.entries(forms))('%s', (_, { architecture, data }) => {
  const task = { ...tinyDraft(), architecture, encodings: undefined } as unknown as TaskDocument;
  const start = core.initialise(architecture.layers, 1);
  const base = modelToBytes(architecture, start);

  it('are picked and cut by samples', () => {
    const rows = ({ inputs, features, labels, targets }: Dataset) =>
      Array.from({ length: inputs.length / features }, (__, i) => [
        ...inputs.subarray(i * features, (i + 1) * features),
        labels?.[i],
        targets?.[i * (targets.length / (inputs.length / features))],
      ]);
    const picked = selectRows(data, [5, 0, 5]);
    expect(rows(picked)).toEqual([rows(data)[5], rows(data)[0], rows(data)[5]]);
    expect(picked.inputs.constructor).toBe(data.inputs.constructor);
    expect(Object.keys(picked).sort()).toEqual(Object.keys(data).sort());
    const parts = cut(data, [count - 1, 1], 3);
    const sorted = (all: unknown[]) => all.map((row) => JSON.stringify(row)).sort();
    expect(sorted(parts.flatMap(rows))).toEqual(sorted(rows(data)));
  });

  it('become shards that decode as the architecture says', () => {
    const { shards, holdout } = prepareValidation({ data, rounds: 3, seed: 1 });
    for (const shard of [...shards, holdout]) {
      const plaintext = decryptShard(shard.ciphertext, shard.key);
      expect(decodeSamples(architecture, plaintext, { maxBytes: plaintext.length }).samples).toBe(shard.samples);
    }
  });

  it('are trained on under the task’s own loss', () => {
    // As from a file that Node read into its pool.
    const read = decodeDataset(Buffer.from(encodeDataset(data)), { maxBytes: 1e6 });
    const training = { epochs: 3, batchSize: 8, learningRate: 0.05, momentum: 0.5 };
    const { bytes } = trainUpdate({ core, task, base, data: read, seed: 1, training });
    const update = updateFromBytes(core, architecture, bytes, { maxBytes: 1e7 });
    const { layers, loss } = architecture;
    const score = (parameters: Float32Array) =>
      core.evaluate({ layers, loss, parameters, ...samplesOf(architecture, data) }).loss;
    expect(score(core.add(start, update))).toBeLessThan(score(start));
  });

  it('are refused by tasks of the other forms', () => {
    for (const other of Object.values(forms)) {
      if (other.data === data) continue;
      expect(sampleCount(other.data)).toBe(count);
      expect(() => trainUpdate({ core, task, base, data: other.data, seed: 1 })).toThrowError(
        expect.objectContaining({ code: 'DATA_BAD_SHARD', expected: expect.stringMatching(/[UFI]\d+/) as string }),
      );
    }
  });
});
