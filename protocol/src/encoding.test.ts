import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelToBytes, parameterCount } from './architecture.ts';
import type { Architecture } from './architecture.ts';
import { encodings, openUpdate, updateFromBytes, updateToBytes } from './encoding.ts';
import type { EncodingChoice } from './encoding.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { Tensor } from './safetensors.ts';

const core = await loadNodeCore();
const architecture: Architecture = {
  layers: [{ type: 'dense', inputs: 5, outputs: 3 }, { type: 'relu' }, { type: 'dense', inputs: 3, outputs: 2 }],
  input: 'u8',
};
const count = parameterCount(architecture);
const options = { maxBytes: 1 << 20 };
const updates = fc
  .array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: count, maxLength: count })
  // The core takes what is below 2^-51 for 0.
  .map((values) => Float32Array.from(values, (value) => (Math.abs(value) < 2 ** -51 ? 0 : value)));
const choices = fc.oneof(
  fc.constantFrom<EncodingChoice>({ encoding: 'f32' }, { encoding: 'int8' }),
  fc.double({ min: 0.01, max: 1, noNaN: true }).map((ratio): EncodingChoice => ({ encoding: 'top-k', ratio })),
);
const read = (bytes: Uint8Array) => updateFromBytes(core, architecture, bytes, options);
const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('an encoded update', () => {
  it('and what its encoding took from it make the update again', () => {
    fc.assert(
      fc.property(updates, choices, (update, choice) => {
        const { bytes, residual } = updateToBytes(core, architecture, update, choice);
        const decoded = read(bytes);
        decoded.forEach((value, i) => {
          expect(Math.abs(value + residual[i]! - update[i]!)).toBeLessThanOrEqual(
            2 ** -22 * Math.abs(update[i]!) + 2 ** -51,
          );
        });
        if (choice.encoding === 'top-k') {
          const kept = decoded.filter((value) => value !== 0).length;
          expect(kept).toBeLessThanOrEqual(Math.max(1, Math.round(count * choice.ratio)));
        }
        // What was read is written the same again: an encoding is a fixed point of itself.
        expect(read(updateToBytes(core, architecture, decoded, choice).bytes)).toEqual(decoded);
      }),
    );
  });

  it('holds the same bits in any part as in the whole, and as the core decodes it', () => {
    const bitsOf = (values: Float32Array) => Array.from(new Uint32Array(values.slice().buffer));
    fc.assert(
      fc.property(updates, choices, fc.nat(count), fc.nat(count), (update, choice, a, b) => {
        update[a % count] = -0;
        const { bytes } = updateToBytes(core, architecture, update, choice);
        const whole = read(bytes);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const part = new Float32Array(to - from).fill(NaN);
        openUpdate(core, architecture, bytes, options).read(from, to, part);
        expect(bitsOf(part)).toEqual(bitsOf(whole.slice(from, to)));
        if (choice.encoding !== 'top-k') return;
        const tensors = parseSafetensors(bytes, options);
        const list = (name: string) => Uint8Array.from(tensors.get(name)!.data).buffer;
        const sparse = { indices: new Uint32Array(list('indices')), values: new Float32Array(list('values')) };
        expect(bitsOf(whole)).toEqual(bitsOf(core.codec.scatter(sparse, count)));
      }),
    );
  });

  it('is smaller: a quarter as int8, in proportion as top-k', () => {
    const layers: Architecture['layers'] = [{ type: 'dense', inputs: 784, outputs: 100 }];
    const large: Architecture = { layers, input: 'u8' };
    const update = core.initialise(large.layers, 1);
    const size = (choice: EncodingChoice) => updateToBytes(core, large, update, choice).bytes.length;
    const whole = size({ encoding: 'f32' });
    expect(size({ encoding: 'int8' })).toBeLessThan(whole * 0.26);
    expect(size({ encoding: 'top-k', ratio: 0.01 })).toBeLessThan(whole * 0.021);
  });

  it('is refused where the task does not allow its encoding', () => {
    const update = new Float32Array(count).fill(1);
    for (const encoding of ['f32', 'int8', 'top-k'] as const) {
      const { bytes } = updateToBytes(core, architecture, update, { encoding, ratio: 1 });
      for (const allowed of encodings) {
        const attempt = () => updateFromBytes(core, architecture, bytes, { ...options, encodings: [allowed] });
        if (allowed === encoding) expect(attempt()).toEqual(update);
        else expect(attempt).toThrowError(code('PROTOCOL_WRONG_TENSORS'));
      }
    }
  });

  it('is read whatever its place in the buffer', () => {
    const { bytes } = updateToBytes(core, architecture, new Float32Array(count).fill(2), { encoding: 'int8' });
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(read(shifted.subarray(1))).toEqual(read(bytes));
  });
});

describe('hostile updates', () => {
  const int8 = (change: Record<string, Tensor | undefined>): Uint8Array => {
    const { bytes } = updateToBytes(core, architecture, new Float32Array(count).fill(1), { encoding: 'int8' });
    const tensors = { ...Object.fromEntries(parseSafetensors(bytes, options)), ...change };
    const present = Object.entries(tensors).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
    return encodeSafetensors(new Map(present));
  };
  const f32 = (...values: number[]): Tensor => tensor('F32', Float32Array.from(values));
  const u32 = (...values: number[]): Tensor => tensor('U32', Uint32Array.from(values));
  const tensor = (dtype: Tensor['dtype'], values: Float32Array | Uint32Array): Tensor => ({
    dtype,
    shape: [values.length],
    data: new Uint8Array(values.buffer),
  });
  const sparse = (indices: number[], values: number[], more: Record<string, Tensor> = {}) =>
    encodeSafetensors({ indices: u32(...indices), values: f32(...values), ...more });
  const quanta = (value: number): Tensor => ({ dtype: 'I8', shape: [3], data: new Uint8Array(3).fill(value) });

  const cases: Record<string, [Uint8Array, string]> = {
    'int8 without a scale': [int8({ 'layers.0.bias.scale': undefined }), 'PROTOCOL_WRONG_TENSORS'],
    'int8 with a tensor too many': [int8({ extra: f32(1) }), 'PROTOCOL_WRONG_TENSORS'],
    'int8 with one tensor in f32': [int8({ 'layers.0.bias': f32(1, 2, 3) }), 'PROTOCOL_WRONG_TENSORS'],
    'int8 of another shape': [int8({ 'layers.0.bias': { ...quanta(1), shape: [1, 3] } }), 'PROTOCOL_WRONG_TENSORS'],
    'int8 that is -128': [int8({ 'layers.0.bias': quanta(128) }), 'PROTOCOL_WRONG_TENSORS'],
    'too many scales': [int8({ 'layers.0.bias.scale': f32(1, 1, 1) }), 'PROTOCOL_WRONG_TENSORS'],
    'a scale of 0': [int8({ 'layers.0.bias.scale': f32(0) }), 'PROTOCOL_WRONG_TENSORS'],
    'a negative scale': [int8({ 'layers.0.bias.scale': f32(-1) }), 'PROTOCOL_WRONG_TENSORS'],
    'a scale that is NaN': [int8({ 'layers.0.bias.scale': f32(NaN) }), 'PROTOCOL_NOT_FINITE'],
    'an infinite scale': [int8({ 'layers.0.bias.scale': f32(Infinity) }), 'PROTOCOL_NOT_FINITE'],
    'a scale whose products overflow': [int8({ 'layers.0.bias.scale': f32(3e38) }), 'PROTOCOL_NOT_FINITE'],
    'descending indices': [sparse([2, 1], [1, 1]), 'PROTOCOL_WRONG_TENSORS'],
    'a repeated index': [sparse([1, 1], [1, 1]), 'PROTOCOL_WRONG_TENSORS'],
    'an index beyond the end': [sparse([count], [1]), 'PROTOCOL_WRONG_TENSORS'],
    'more indices than values': [sparse([1, 2], [1]), 'PROTOCOL_WRONG_TENSORS'],
    'no indices': [sparse([], []), 'PROTOCOL_WRONG_TENSORS'],
    'sparse values that are NaN': [sparse([1], [NaN]), 'PROTOCOL_NOT_FINITE'],
    'a sparse update with another tensor': [sparse([1], [1], { more: f32(1) }), 'PROTOCOL_WRONG_TENSORS'],
    'indices of another type': [encodeSafetensors({ indices: f32(1), values: f32(1) }), 'PROTOCOL_WRONG_TENSORS'],
    'indices of two dimensions': [
      encodeSafetensors({ indices: { ...u32(1), shape: [1, 1] }, values: f32(1) }),
      'PROTOCOL_WRONG_TENSORS',
    ],
    'dense NaN': [modelToBytes(architecture, new Float32Array(count).fill(NaN)), 'PROTOCOL_NOT_FINITE'],
    garbage: [new Uint8Array(99), 'PROTOCOL_NOT_SAFETENSORS'],
  };
  for (const [what, [bytes, expected]] of Object.entries(cases)) {
    it(`with ${what} are refused`, () => {
      expect(() => read(bytes)).toThrowError(code(expected));
    });
  }
});
