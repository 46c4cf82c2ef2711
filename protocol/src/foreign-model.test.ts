import fc from 'fast-check';
import { expect, it } from 'vitest';
import { modelToBytes, tensorPlaces, type Architecture } from './architecture.ts';
import { isProtocolError } from './errors.ts';
import { foreignModel } from './foreign-model.ts';
import type { NameMap } from './foreign-names.ts';
import { readForeignSafetensors } from './foreign-safetensors.ts';

const architecture: Architecture = {
  input: 'f32',
  layers: [
    { type: 'dense', inputs: 3, outputs: 2 },
    { type: 'relu' },
    { type: 'batch-norm', features: 2 },
    { type: 'dense', inputs: 2, outputs: 2 },
  ],
};
const options = { maxBytes: 1 << 20 };
const places = tensorPlaces(architecture);

interface Written {
  dtype: string;
  shape: readonly number[];
  data: Uint8Array;
}

/** As the Python packages write it: in any order, with metadata, unpadded. */
function file(tensors: Record<string, Written>, metadata: object = { format: 'pt' }): Uint8Array {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const offsets = [at, (at += data.length)];
    return [name, { shape, data_offsets: offsets, dtype }];
  });
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
  return new Uint8Array(Buffer.concat([length, header, ...Object.values(tensors).map(({ data }) => data)]));
}

const f64 = (shape: readonly number[], values: readonly number[]): Written => ({
  dtype: 'F64',
  shape,
  data: new Uint8Array(Float64Array.from(values).buffer),
});

/** Numbers that every one of the types has. */
const numbers = Array.from({ length: 22 }, (_, i) => (i - 9) / 4);
const valuesOf = (index: number) => {
  const { offset, length } = places[index]!;
  return numbers.slice(offset, offset + length);
};
/** The whole model, its tensors under names that `rename` gives. */
const model = (rename: (name: string) => string = (name) => name): Record<string, Written> =>
  Object.fromEntries(places.map(({ name, shape }, i) => [rename(name), f64(shape, valuesOf(i))]).reverse());
const read = (tensors: Record<string, Written>, map?: NameMap) => [
  ...foreignModel(architecture, file(tensors), { ...options, map }),
];
const refused = (tensors: Record<string, Written>, map?: NameMap) => {
  try {
    read(tensors, map);
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
};

it('takes a model under its own names, in any order, and under a prefix that all of them share', () => {
  for (const prefix of ['', 'module.', 'net.inner.']) {
    expect(read(model((name) => prefix + name))).toEqual(numbers);
    expect(read(model((name) => prefix + name.replace('layers.', '')))).toEqual(numbers);
  }
  expect(read(model((name) => name.replace('layers.', 'net.')))).toEqual(numbers);
  const own = modelToBytes(architecture, Float32Array.from(numbers));
  expect([...foreignModel(architecture, own, options)]).toEqual(numbers);
});

it('leaves torch’s counters of batches out, and nothing else', () => {
  const counter: Written = { dtype: 'I64', shape: [], data: new Uint8Array(8) };
  expect(read({ ...model(), 'layers.2.num_batches_tracked': counter })).toEqual(numbers);
  const error = refused({ ...model(), 'optimizer.step': counter });
  expect(error).toMatchObject({ code: 'PROTOCOL_WRONG_TENSORS', got: 'optimizer.step I64 []' });
  expect(read({ ...model(), 'optimizer.step': counter }, { tensors: {}, ignore: ['optimizer.step'] })).toEqual(numbers);
});

it('reads every type of float, at any alignment', () => {
  const words = (values: number[], toWord: (value: number) => number) =>
    new Uint8Array(Uint16Array.from(values, toWord).buffer);
  const f32 = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!;
  // Exact in both: few bits of fraction, exponents in the range of half.
  const half = (value: number) =>
    value === 0
      ? 0
      : ((f32(value) >>> 16) & 0x8000) | ((((f32(value) >>> 23) & 255) - 112) << 10) | ((f32(value) >>> 13) & 0x3ff);
  const types: Record<string, (values: number[]) => Uint8Array> = {
    F32: (values) => new Uint8Array(Float32Array.from(values).buffer),
    F16: (values) => words(values, half),
    BF16: (values) => words(values, (value) => f32(value) >>> 16),
  };
  for (const [dtype, write] of Object.entries(types)) {
    const tensors = places.map(({ name, shape }, i): [string, Written] => [
      name,
      { dtype, shape, data: write(valuesOf(i)) },
    ]);
    expect(read(Object.fromEntries(tensors))).toEqual(numbers);
  }
});

it('reads every half there is as the f32 of the same value', () => {
  // Units of 2^-24 to the largest exponent, by doubling alone.
  const expected = (word: number) => {
    const [exponent, fraction] = [(word >>> 10) & 31, word & 0x3ff];
    let value = (exponent === 0 ? fraction : fraction + 1024) / 16_777_216;
    for (let e = 1; e < exponent; e++) value *= 2;
    return word & 0x8000 ? -value : value;
  };
  const one: Architecture = { input: 'f32', layers: [{ type: 'dense', inputs: 63_488, outputs: 1, bias: false }] };
  const finite = Array.from({ length: 65_536 }, (_, word) => word).filter((word) => (word & 0x7c00) !== 0x7c00);
  const data = new Uint8Array(Uint16Array.from(finite).buffer);
  const values = foreignModel(one, file({ '0.weight': { dtype: 'F16', shape: [1, 63_488], data } }), options);
  expect(finite.findIndex((word, i) => !Object.is(values[i], expected(word)))).toBe(-1);
});

it('turns axes only as a map says, and names what a map may say', () => {
  const { 'layers.0.weight': weight, 'layers.0.bias': bias, ...rest } = model();
  const transposed = f64(
    [3, 2],
    [0, 1, 2].flatMap((column) => [valuesOf(0)[column]!, valuesOf(0)[3 + column]!]),
  );
  const keras = { ...rest, 'dense/kernel': transposed, 'dense/bias': bias! };
  const error = refused(keras);
  expect(error).toMatchObject({
    code: 'PROTOCOL_WRONG_TENSORS',
    expected: 'layers.0.weight [2, 3], layers.0.bias [2]',
    got: 'dense/kernel F64 [3, 2], dense/bias F64 [2]',
  });
  const map: NameMap = {
    tensors: { 'layers.0.weight': { from: 'dense/kernel', axes: [1, 0] }, 'layers.0.bias': 'dense/bias' },
  };
  expect(read(keras, map)).toEqual(numbers);
  // What the error proposes can be pasted.
  const proposed = JSON.parse(/\{.*\}$/.exec(error.hint)![0]) as NameMap;
  expect(read(keras, proposed)).toEqual(numbers);
  const other = refused(keras, { tensors: { ...map.tensors, 'layers.0.weight': 'dense/kernel' } });
  expect(other).toMatchObject({ expected: 'layers.0.weight [2, 3]', got: 'dense/kernel [3, 2]' });
  expect(
    refused(keras, { tensors: { ...map.tensors, 'layers.0.weight': { from: 'dense/kernel', axes: [1, 1] } } }).got,
  ).toBe('[1, 1]');
  expect(refused({ ...rest, 'layers.0.weight': weight! }, { tensors: { gone: 'layers.0.weight' } }).got).toBe('gone');
});

it('turns axes of any rank as numpy does', () => {
  const conv: Architecture = {
    input: 'f32',
    layers: [
      { type: 'image', channels: 2, height: 3, width: 3 },
      { type: 'conv2d', inputs: 2, outputs: 3, kernel: [1, 2], bias: false },
      { type: 'flatten' },
      { type: 'dense', inputs: 18, outputs: 1, bias: false },
    ],
  };
  // Of JAX and Keras: [height, width, inputs, outputs].
  const hwio = (h: number, w: number, i: number, o: number) => ((h * 2 + w) * 2 + i) * 3 + o;
  const tensors = {
    kernel: f64(
      [1, 2, 2, 3],
      Array.from({ length: 12 }, (_, at) => at),
    ),
    'layers.3.weight': f64([1, 18], new Array<number>(18).fill(0)),
  };
  const map: NameMap = { tensors: { 'layers.1.weight': { from: 'kernel', axes: [3, 2, 0, 1] } } };
  const values = foreignModel(conv, file(tensors), { ...options, map });
  const expected = [0, 1, 2].flatMap((o) => [0, 1].flatMap((i) => [0, 1].map((w) => hwio(0, w, i, o))));
  expect([...values.subarray(0, 12)]).toEqual(expected);
});

it('refuses what is not finite as f32, what is no float, and what is no file', () => {
  for (const bad of [NaN, Infinity, 1e39]) {
    const error = refused({ ...model(), 'layers.0.bias': f64([2], [0, bad]) });
    expect(error).toMatchObject({
      code: 'PROTOCOL_NOT_FINITE',
      got: expect.stringContaining('at element 1') as string,
    });
  }
  const whole: Written = { dtype: 'I64', shape: [2], data: new Uint8Array(16) };
  expect(refused({ ...model(), 'layers.0.bias': whole })).toMatchObject({ code: 'PROTOCOL_WRONG_TENSORS', got: 'I64' });
  const zip = Buffer.from('PK\u0003\u0004 as torch.save writes it');
  expect(() => readForeignSafetensors(zip, options)).toThrowError(/save_file/);
  const good = file(model());
  expect(() => readForeignSafetensors(good.subarray(0, -1), options)).toThrowError(/outside of the file/);
  expect(() => readForeignSafetensors(good, { maxBytes: 8 })).toThrowError(
    expect.objectContaining({ code: 'PROTOCOL_TOO_LARGE' }),
  );
});

it('answers any bytes with a code', () => {
  const header = fc.json({ maxDepth: 4 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    header.map(
      (text) =>
        new Uint8Array(
          Buffer.concat(
            [new BigUint64Array([BigInt(Buffer.byteLength(text))]), Buffer.from(text), new Uint8Array(9)].map(
              (part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
            ),
          ),
        ),
    ),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        for (const { shape, data } of readForeignSafetensors(input, options).values())
          expect([shape.length >= 0, data.length <= input.length]).toEqual([true, true]);
      } catch (error) {
        expect(isProtocolError(error, 'PROTOCOL_NOT_SAFETENSORS', 'PROTOCOL_TOO_LARGE')).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
