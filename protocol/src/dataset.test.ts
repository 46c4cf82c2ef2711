import { isCoreError } from '@covey/wasm-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDataset, encodeDataset, sampleCount } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { isProtocolError } from './errors.ts';
import { dtypeSizes, encodeSafetensors } from './safetensors.ts';
import type { Dtype, Tensor } from './safetensors.ts';

const options = { maxBytes: 1e6 };
const refused: Error = expect.objectContaining({ code: 'PROTOCOL_INVALID_DATASET' }) as Error;

function tensor(dtype: Dtype, ...shape: number[]): Tensor {
  return { dtype, shape, data: new Uint8Array(shape.reduce((a, b) => a * b, dtypeSizes[dtype])) };
}

const all: Dataset[] = [
  { inputs: Uint8Array.of(1, 2, 3, 4, 5, 6), features: 3, labels: Uint8Array.of(0, 255) },
  { inputs: Float32Array.of(-1.5, 0, 3e38, 1e-45, 5, 6), features: 3, labels: Uint16Array.of(0, 65_535) },
  { inputs: Int32Array.of(-(2 ** 31), 2 ** 31 - 1), features: 1, labels: Uint32Array.of(0, 2 ** 32 - 1) },
  { inputs: Uint8Array.of(1, 2), features: 1, targets: Float32Array.of(-1, 2, 3, 4, 5, 6) },
  { inputs: Float32Array.of(1, 2), features: 1, targets: Uint8Array.of(1, 2) },
  { inputs: Uint8Array.of(1, 2, 3, 4), features: 2 },
  { inputs: Uint16Array.of(1, 2, 3, 65_535), features: 4 },
  { inputs: Uint32Array.of(1, 2, 3, 2 ** 18), features: 2 },
];

describe('datasets', () => {
  it.each(all)('%# go to a file and back, wherever the file stands in its buffer', (data) => {
    const file = encodeDataset(data);
    expect(decodeDataset(file, options)).toEqual(data);
    expect(encodeDataset(decodeDataset(file, options))).toEqual(file);
    // Every alignment; what is around the file is no number.
    for (let at = 0; at < 9; at++) {
      const whole = new Uint8Array(file.length + 20).fill(0xff);
      whole.set(file, at);
      expect(decodeDataset(whole.subarray(at, at + file.length), options), `from byte ${at}`).toEqual(data);
      // Node's Buffers are views of a pool, and their `slice` copies nothing.
      const buffer = Buffer.from(whole.buffer, at, file.length);
      const read = decodeDataset(buffer, options);
      expect(read, `in a Buffer from byte ${at}`).toEqual(data);
      expect(read.inputs).not.toBeInstanceOf(Buffer);
    }
  });

  it('of a small Buffer of the pool has its own samples, not the pool’s', () => {
    const file = Buffer.from(encodeDataset({ inputs: Uint16Array.from({ length: 1848 }, (_, i) => i), features: 8 }));
    const { inputs } = decodeDataset(file.subarray(0), options);
    expect(inputs).toHaveLength(1848);
    expect(inputs[1847]).toBe(1847);
    expect(sampleCount({ inputs, features: 8 })).toBe(231);
  });

  it.each<[string, Record<string, Tensor>]>([
    ['no tensors', {}],
    ['inputs alone', { inputs: tensor('U8', 2, 3) }],
    ['labels and targets', { inputs: tensor('U8', 2, 3), labels: tensor('U8', 2), targets: tensor('U8', 2, 1) }],
    ['labels and a stranger', { inputs: tensor('U8', 2, 3), labels: tensor('U8', 2), more: tensor('U8', 1) }],
    ['tokens and labels', { tokens: tensor('U8', 2, 3), labels: tensor('U8', 2) }],
    ['no samples', { inputs: tensor('U8', 0, 3), labels: tensor('U8', 0) }],
    ['no features', { inputs: tensor('U8', 2, 0), labels: tensor('U8', 2) }],
    ['one token a sample', { tokens: tensor('U8', 2, 1) }],
    ['no sequences', { tokens: tensor('U8', 0, 2) }],
    ['unequal counts', { inputs: tensor('U8', 2, 3), labels: tensor('U8', 3) }],
    ['unequal counts of targets', { inputs: tensor('U8', 2, 3), targets: tensor('F32', 3, 2) }],
    ['flat inputs', { inputs: tensor('U8', 6), labels: tensor('U8', 2) }],
    ['flat targets', { inputs: tensor('U8', 2, 3), targets: tensor('F32', 2) }],
    ['labels in columns', { inputs: tensor('U8', 2, 3), labels: tensor('U8', 2, 1) }],
    ['scalars', { inputs: tensor('U8'), labels: tensor('U8') }],
    ['more samples than a call takes', { inputs: tensor('U8', 2 ** 24 + 1, 1), labels: tensor('U8', 2 ** 24 + 1) }],
    ...(['U64', 'I64', 'F64', 'BF16', 'F16', 'I16', 'I8'] as const).map(
      (dtype) =>
        [`${dtype} inputs`, { inputs: tensor(dtype, 2, 3), labels: tensor('U8', 2) }] as [
          string,
          Record<string, Tensor>,
        ],
    ),
    ...(['F32', 'I32', 'I8'] as const).map(
      (dtype) =>
        [`${dtype} labels`, { inputs: tensor('U8', 2, 3), labels: tensor(dtype, 2) }] as [
          string,
          Record<string, Tensor>,
        ],
    ),
    ...(['F64', 'I32', 'U16'] as const).map(
      (dtype) =>
        [`${dtype} targets`, { inputs: tensor('U8', 2, 3), targets: tensor(dtype, 2, 1) }] as [
          string,
          Record<string, Tensor>,
        ],
    ),
    ['I32 tokens', { tokens: tensor('I32', 2, 3) }],
  ])('with %s are refused', (_, tensors) => {
    const file = encodeSafetensors(tensors);
    expect(() => decodeDataset(file, { maxBytes: file.length })).toThrowError(refused);
  });

  it.each([NaN, Infinity, -Infinity])('with %d are refused, at any place', (bad) => {
    for (const [inputs, targets] of [
      [Float32Array.of(0, 1, bad), Float32Array.of(1, 2, 3)],
      [Float32Array.of(0, 1, 2), Float32Array.of(bad, 2, 3)],
    ] as const) {
      expect(() => decodeDataset(encodeDataset({ inputs, features: 1, targets }), options)).toThrowError(refused);
    }
  });

  it('whatever bytes come, are read whole or refused with a code', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...all.map(encodeDataset)), fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 3 }))
      .map(([file, changes]) => {
        const bytes = Uint8Array.from(file);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(mutated, (bytes) => {
        try {
          const data = decodeDataset(bytes, options);
          expect(encodeDataset(data)).toEqual(bytes);
        } catch (error) {
          if (!isProtocolError(error) && !isCoreError(error)) throw error;
        }
      }),
      { numRuns: 500, seed: 12 },
    );
  });
});
