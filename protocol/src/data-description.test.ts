import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProtocolError } from './errors.ts';
import {
  decodeDataDescription,
  encodeDataDescription,
  MAX_DATA_BYTES,
  type DataDescription,
} from './data-description.ts';
import { describedFeatures, requireDescribed } from './described-samples.ts';
import type { Architecture } from './architecture.ts';

const number = { name: 'age', type: 'number', fill: 41.5, indicator: true, shift: 40, scale: 0.1 } as const;
const category = { name: 'ward', type: 'category', categories: ['A', 'B'], missing: true, other: false } as const;
const classes = { type: 'class', column: 'outcome', count: 3, names: ['well', 'ill', '未知'] } as const;
const base = { schema: 'covey.data/1', source: { samples: 10 } } as const;
const table = { ...base, kind: 'table', columns: [number, category], missing: ['?', 'NA'], output: classes };
const image = { ...base, kind: 'image', width: 4, height: 3, channels: 3, output: { type: 'class', count: 2 } };
const text = { ...base, kind: 'text', tokens: 'bytes', length: 8 };
const tokens = { ...base, kind: 'array', shape: [8], input: 'tokens', vocabulary: 300 };
const regression = {
  ...base,
  kind: 'array',
  shape: [2, 2],
  input: 'f32',
  output: { type: 'number', values: [{ name: 'price', shift: 1e21, scale: 5e-324 }] },
};
const all = { table, image, text, tokens, regression };
const as = (value: unknown) => value as DataDescription;

describe('a data description', () => {
  it.each(Object.entries(all))('of %s survives its canonical form', (_, description) => {
    const bytes = encodeDataDescription(as(description));
    expect(decodeDataDescription(bytes)).toEqual(description);
  });

  it.each([
    ['a scale of zero', { ...table, columns: [{ ...number, scale: 0 }] }],
    ['numbers that are not finite', { ...table, columns: [{ ...number, fill: Infinity }] }],
    ['categories out of order', { ...table, columns: [{ ...category, categories: ['B', 'A'] }] }],
    ['a category twice', { ...table, columns: [{ ...category, categories: ['A', 'A'] }] }],
    ['a column twice', { ...table, columns: [number, number] }],
    ['a feature that is the class', { ...table, columns: [{ ...number, name: 'outcome' }] }],
    ['a class without a column', { ...table, output: { type: 'class', count: 2 } }],
    ['a class twice', { ...table, output: { ...classes, names: ['a', 'a', 'b'] } }],
    ['too few names', { ...table, output: { ...classes, count: 4 } }],
    ['hidden text', { ...table, columns: [{ ...number, name: 'a\u202eb' }] }],
    ['two channels', { ...image, channels: 2 }],
    ['tokens with an output', { ...tokens, output: { type: 'class', count: 2 } }],
    ['tokens without a vocabulary', { ...tokens, vocabulary: undefined }],
    ['features without an output', { ...regression, output: undefined }],
    ['too many values', { ...regression, shape: [5000, 5000] }],
    ['another field', { ...text, extra: 1 }],
    ['another kind', { ...text, kind: 'sound' }],
  ])('is refused with %s', (_, description) => {
    expect(() => encodeDataDescription(as(description))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
  });

  it('is no larger than anyone is asked to fetch', () => {
    const categories = Array.from({ length: 4096 }, (_, i) => `${String(i).padStart(4, '0')}${'x'.repeat(100)}`);
    expect(() => encodeDataDescription(as({ ...table, columns: [{ ...category, categories }] }))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_TOO_LARGE' }),
    );
    expect(() => decodeDataDescription(new Uint8Array(MAX_DATA_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_TOO_LARGE' }),
    );
  });

  it('of any bytes is read or refused by a code', () => {
    const valid = encodeDataDescription(as(table));
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 4 }), (at, patch) => {
        const bytes = Uint8Array.from(valid);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        try {
          const read = decodeDataDescription(bytes);
          expect(encodeDataDescription(read)).toEqual(bytes);
        } catch (error) {
          if (!isProtocolError(error)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('data and architecture', () => {
  const dense = (inputs: number, outputs: number, more: Partial<Architecture>): Architecture => ({
    layers: [{ type: 'dense', inputs, outputs }],
    input: 'f32',
    ...more,
  });
  const bytes = (vocabulary: number, length: number): Architecture => ({
    layers: [
      { type: 'embedding', vocabulary, length, width: 4 },
      { type: 'dense', inputs: 4, outputs: vocabulary },
    ],
    input: 'tokens',
  });

  it('fit where a sample is the same', () => {
    expect(describedFeatures(as(table))).toBe(5);
    requireDescribed(dense(5, 3, {}), as(table));
    requireDescribed(dense(36, 2, { input: 'u8' }), as(image));
    requireDescribed(bytes(256, 8), as(text));
    requireDescribed(bytes(300, 8), as(tokens));
    requireDescribed(dense(4, 1, { loss: 'squared-error', targets: 'f32' }), as(regression));
  });

  it.each([
    ['another number of features', dense(4, 3, {}), table],
    ['features of another type', dense(5, 3, { input: 'i32' }), table],
    ['another number of classes', dense(5, 4, {}), table],
    ['classes for numbers', dense(4, 2, {}), regression],
    ['bytes of another vocabulary', bytes(255, 8), text],
    ['another length', bytes(256, 9), text],
  ])('do not with %s', (_, architecture, description) => {
    expect(() => {
      requireDescribed(architecture, as(description));
    }).toThrow(expect.objectContaining({ code: 'PROTOCOL_INVALID_DATASET' }));
  });
});
