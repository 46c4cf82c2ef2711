import { encodeSafetensors } from '@covey/protocol';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isNodeError } from '../../errors.ts';
import { importArrays } from './arrays.ts';
import { eachElement, elementCount, elementsAs, type ElementArray, type ElementType } from './elements.ts';
import { parseForeignSafetensors } from './foreign-safetensors.ts';
import { parseIdx } from './idx.ts';
import { inflate } from './inflate.ts';
import { parseNpy, readNpz } from './npy.ts';
import { importText } from './text.ts';
// Files that numpy 2 and safetensors wrote, and the values that they read from them.
import written from './written-elsewhere.json' with { type: 'json' };

const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
const valuesOf = (array: ElementArray) => {
  const values: number[] = [];
  eachElement(array, (value) => values.push(value));
  return values;
};
const array = (
  type: ElementType,
  shape: number[],
  values: number[],
  Values = Uint8Array as new (values: number[]) => { buffer: ArrayBufferLike },
): ElementArray => ({
  type,
  shape,
  little: true,
  data: new Uint8Array(new Values(values).buffer),
});
const f32 = (shape: number[], values: number[]) => array('f32', shape, values, Float32Array);
const refused = (code: string, more: object = {}) => expect.objectContaining({ code, ...more }) as Error;

describe('npy', () => {
  it.each(Object.entries(written.npy))('of numpy is read: %s', (_, { file, shape, values }) => {
    const read = parseNpy(bytesOf(file), 'a');
    expect(read.shape).toEqual(shape);
    expect(valuesOf(read)).toEqual(values);
  });

  it('holds numbers and nothing that runs', () => {
    for (const file of [written.objects, written.text])
      expect(() => parseNpy(bytesOf(file), 'a')).toThrow(
        refused('DATA_BAD_ARRAY', { hint: expect.stringMatching(/astype/) }),
      );
  });

  it('of any bytes is read or refused by a code', () => {
    const file = bytesOf(written.npy['3-D Fortran'].file);
    fc.assert(
      fc.property(fc.nat(file.length), fc.uint8Array({ maxLength: 6 }), fc.nat(file.length), (at, patch, end) => {
        const bytes = Uint8Array.from(file.subarray(0, end));
        bytes.set(patch.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
        try {
          const read = parseNpy(bytes, 'a');
          expect(valuesOf(read)).toHaveLength(elementCount(read.shape));
        } catch (error) {
          if (!isNodeError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says no more than it has', () => {
    const huge = `{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }`;
    const bytes = new Uint8Array(10 + huge.length);
    bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, huge.length & 255, huge.length >> 8]);
    bytes.set(new TextEncoder().encode(huge), 10);
    expect(() => parseNpy(bytes, 'a')).toThrow(refused('DATA_TOO_LARGE'));
  });
});

describe('npz', () => {
  it.each(['npz', 'npzCompressed'] as const)('of numpy becomes a dataset: %s', async (name) => {
    const { data, description } = importArrays(await readNpz(bytesOf(written[name])), {});
    expect(description).toEqual({
      schema: 'covey.data/1',
      kind: 'array',
      shape: [3],
      input: 'f32',
      output: { type: 'class', count: 3 },
      source: { samples: 4 },
    });
    expect([...data.inputs]).toEqual(Array.from({ length: 12 }, (_, i) => Math.fround(i / 7)));
    expect(data.labels).toEqual(Uint8Array.from([0, 2, 1, 2]));
  });

  it('of any bytes is read or refused by a code, and never larger than it says', async () => {
    const file = bytesOf(written.npzCompressed);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.uint8Array({ maxLength: 4 }), async (at, patch) => {
        const bytes = Uint8Array.from(file);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        await readNpz(bytes).catch((error: unknown) => {
          if (!isNodeError(error)) throw error;
        });
      }),
      { numRuns: 300 },
    );
    const bomb = gzipSync(new Uint8Array(50_000_000));
    await expect(inflate('bomb', bomb, 'gzip', 1000)).rejects.toMatchObject({ code: 'DATA_TOO_LARGE' });
    await expect(inflate('half', bomb.subarray(0, 100), 'gzip', 1e9)).rejects.toMatchObject({ code: 'DATA_BAD_ARRAY' });
  });
});

describe('safetensors of others', () => {
  it('are read with metadata and of any type', () => {
    const { data } = importArrays(parseForeignSafetensors(bytesOf(written.safetensors)), {});
    expect([...data.inputs, ...data.labels!]).toEqual([1.5, 2, 3, -4, 1, 0]);
    const bf16 = encodeSafetensors({
      x: { dtype: 'BF16', shape: [2], data: Uint8Array.from([0xc0, 0x3f, 0x80, 0xff]) },
    });
    expect(valuesOf(parseForeignSafetensors(bf16).get('x')!)).toEqual([1.5, -Infinity]);
    expect(() => elementsAs('x', parseForeignSafetensors(bf16).get('x')!, 'f32')).toThrow(
      refused('DATA_BAD_ARRAY', { got: '-Infinity' }),
    );
  });

  it('of any bytes are read or refused by a code', () => {
    const file = bytesOf(written.safetensors);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.uint8Array({ maxLength: 6 }), (at, patch) => {
        const bytes = Uint8Array.from(file);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        try {
          parseForeignSafetensors(bytes);
        } catch (error) {
          if (!isNodeError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('IDX has elements of every type, big-endian', () => {
  const file = (type: number, ...elements: number[]) =>
    parseIdx(Uint8Array.from([0, 0, type, 1, 0, 0, 0, 1, ...elements]));
  const read = [
    [0x08, 200],
    [0x09, 200],
    [0x0b, 255, 254],
    [0x0c, 0, 0, 1, 0],
    [0x0d, 0x3f, 0xc0, 0, 0],
    [0x0e, 0xc0, 0, 0, 0, 0, 0, 0, 0],
  ].map(([type, ...elements]) => valuesOf(file(type!, ...elements))[0]);
  expect(read).toEqual([200, -56, -2, 256, 1.5, -2]);
});

describe('arrays as samples', () => {
  const labels = array('u8', [2], [0, 1]);

  it('keep bytes, and give other whole numbers and floats a type that models take', () => {
    const input = (inputs: ElementArray) => importArrays(new Map(Object.entries({ inputs, labels })), {}).data.inputs;
    expect(input(array('u8', [2, 1], [3, 255]))).toEqual(Uint8Array.from([3, 255]));
    expect(input(array('bool', [2, 1], [0, 7]))).toEqual(Int32Array.from([0, 1]));
    const wide = { ...array('i64', [2, 1], []), data: new Uint8Array(new BigInt64Array([-5n, 9n]).buffer) };
    expect(input(wide)).toEqual(Int32Array.from([-5, 9]));
    expect(input(array('f64', [2, 1], [0.1, -0], Float64Array))).toEqual(Float32Array.from([0.1, 0]));
  });

  it('have targets scaled, and by another’s description as it says', () => {
    const arrays = new Map(Object.entries({ x: f32([2, 1], [1, 2]), y: f32([2], [10, 30]) }));
    const { data, description } = importArrays(arrays, {});
    expect(description.output).toEqual({ type: 'number', values: [{ name: 'y', shift: 20, scale: 10 }] });
    expect(data.targets).toEqual(Float32Array.from([-1, 1]));
    const more = new Map(Object.entries({ x: f32([1, 1], [1]), y: f32([1], [50]) }));
    expect(importArrays(more, {}, description)).toEqual({
      description,
      data: { inputs: Float32Array.from([1]), features: 1, targets: Float32Array.from([3]) },
    });
  });

  it('are windows of one long row of tokens, each in the narrowest type', () => {
    const tokens = new Map([['tokens', array('i32', [7], [0, 1, 2, 3, 400, 5, 6], Int32Array)]]);
    const { data, description } = importArrays(tokens, { length: 3 });
    expect(data).toEqual({ inputs: Uint16Array.from([0, 1, 2, 3, 3, 400, 5, 6]), features: 4 });
    expect(description).toMatchObject({ input: 'tokens', shape: [3], vocabulary: 401 });
    expect(() => importArrays(tokens, { length: 3, vocabulary: 256 })).toThrow(
      refused('DATA_BAD_ARRAY', { got: '400' }),
    );
  });

  it.each([
    ['no labels', { x: f32([1, 1], [1]) }, {}],
    ['other counts', { x: f32([2, 1], [1, 2]), y: array('u8', [3], [0, 1, 2]) }, {}],
    ['values that are not finite', { x: f32([1, 2], [1, NaN]), y: array('u8', [1], [0]) }, {}],
    ['labels below 0', { x: f32([1, 1], [1]), y: array('i8', [1], [255]) }, {}],
    ['labels beyond the classes', { x: f32([1, 1], [1]), y: array('u8', [1], [9]) }, { classes: 5 }],
    ['integers beyond i32', { x: array('u32', [1, 1], [3e9], Uint32Array), y: array('u8', [1], [0]) }, {}],
    ['no samples', { x: f32([0, 3], []), y: array('u8', [0], []) }, {}],
    ['an array that is not there', { x: f32([1, 1], [1]) }, { names: { labels: 'z' } }],
    ['tokens that are no integers', { tokens: f32([1, 2], [1, 2]) }, {}],
    ['a short row of tokens', { tokens: array('u8', [3], [1, 2, 3]) }, { length: 3 }],
  ])('are refused with %s', (_, arrays, options) => {
    expect(() => importArrays(new Map(Object.entries(arrays)), options)).toThrow(refused('DATA_BAD_ARRAY'));
  });
});

describe('text', () => {
  it('becomes windows in which each byte but the first is predicted once', () => {
    const { data, unused } = importText(new TextEncoder().encode('häuser und'), 4);
    expect(Buffer.from(data.inputs.buffer).toString('latin1')).toBe('hÃ¤usser u');
    expect(data.features).toBe(5);
    expect(unused).toBe(2);
  });

  it.each([
    ['too short', Uint8Array.from([65, 66])],
    ['no UTF-8', Uint8Array.from([65, 66, 0xff, 67])],
    ['cut within a character', Uint8Array.from([65, 66, 67, 0xc3])],
  ])('is refused: %s', (_, bytes) => {
    expect(() => importText(bytes, 2)).toThrow(refused('DATA_BAD_TEXT'));
  });
});
