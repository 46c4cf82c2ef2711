import type { CoveyError } from '@covey/errors';
import {
  copyFinite,
  copyFiniteOut,
  notFinite,
  requireBytes,
  requireF32,
  requireInteger,
  requireLength,
  requireNumber,
} from './arguments.ts';
import type { Codec } from './codec-types.ts';
import { describe, coreError } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { lowRank } from './lora.ts';

/** Σ w is below it, so that i32 sums stay above −2^31: (2^24 − 1) · 128 = 2^31 − 128. */
const MAX_WEIGHT_SUM = 2 ** 24;
const MAX_WEIGHT = 32_767;
const MAX_ROWS = 65_536;
/** Values a call: keeps byte counts inside 32 bits. */
const MAX_VALUES = 2 ** 28;

export function codecOf(instance: CoreInstance): Codec {
  const { exports, arena } = instance;

  const quantise: Codec['quantise'] = (values, channels) => {
    const count = requireValues('values', values);
    requireInteger('channels', channels, 1, count);
    const length = count / channels;
    requireInteger('values.length / channels', length, 1, count);
    return arena.scope(() => {
      const at = copyFinite(arena, exports, 'values', values);
      const out = arena.allocate(count);
      const scales = arena.allocate(channels * 4);
      exports.quantiseSimd(at, channels, length, scales, out);
      return { data: Int8Array.from(new Int8Array(arena.u8(out, count))), scales: arena.copyOut(scales, channels) };
    });
  };

  const dequantise: Codec['dequantise'] = ({ data, scales }) => {
    const count = requireI8('data', data).length;
    const channels = requireF32('scales', scales).length;
    requireInteger('scales.length', channels, 1, Math.min(count, MAX_VALUES));
    const length = requireInteger('data.length / scales.length', count / channels, 1, MAX_VALUES);
    return arena.scope(() => {
      const at = arena.copyIn(new Uint8Array(data.buffer, data.byteOffset, count));
      // As they are: a scale below the floor is one, and the kernel makes zeros of it.
      const scalesAt = arena.copyIn(scales);
      if (exports.notFiniteSimd(scalesAt, channels)) throw notFinite('scales', arena.f32(scalesAt, channels));
      const bad = arena.f32(scalesAt, channels).findIndex((scale) => !(scale > 0));
      if (bad >= 0) throw badArgument('scales', 'above 0', `${scales[bad]} at index ${bad}`);
      const out = arena.allocate(count * 4);
      exports.dequantiseSimd(at, channels, length, scalesAt, out);
      return copyFiniteOut(arena, exports, out, count);
    });
  };

  const topK: Codec['topK'] = (values, count) => {
    const n = requireValues('values', values);
    requireInteger('count', count, 1, n);
    return arena.scope(() => {
      const at = copyFinite(arena, exports, 'values', values);
      const indices = arena.allocate(count * 4);
      const kept = arena.allocate(count * 4);
      exports.topK(at, n, count, indices, kept, arena.allocate(8192));
      exports.clearAt(indices, count, at);
      return {
        indices: Uint32Array.from(arena.u32(indices, count)),
        values: arena.copyOut(kept, count),
        residual: arena.copyOut(at, n),
      };
    });
  };

  const scatter: Codec['scatter'] = ({ indices, values }, length) => {
    requireInteger('length', length, 1, MAX_VALUES);
    const count = requireU32('indices', indices).length;
    requireLength('values', requireF32('values', values).length, count, 'one an index');
    return arena.scope(() => {
      const indicesAt = arena.copyIn(indices);
      const placed = arena.u32(indicesAt, count);
      const bad = placed.findIndex((index, i) => index >= length || (i > 0 && index <= placed[i - 1]!));
      if (bad >= 0)
        throw badArgument('indices', `strictly ascending, below ${length}`, `${indices[bad]} at index ${bad}`);
      const valuesAt = copyFinite(arena, exports, 'values', values);
      const out = arena.allocate(length * 4);
      exports.scatter(indicesAt, valuesAt, count, out, length);
      return arena.copyOut(out, length);
    });
  };

  const int8Mean: Codec['int8Mean'] = ({ rows, weights, scale }) => {
    if (!Array.isArray(rows) || rows.length < 1 || rows.length > MAX_ROWS) {
      throw badArgument('rows', `1 to ${MAX_ROWS} arrays`, describe(rows));
    }
    const d = requireI8('rows[0]', rows[0]).length;
    requireInteger('rows[0].length', d, 1, MAX_VALUES);
    rows.forEach((row, i) => requireLength(`rows[${i}]`, requireI8(`rows[${i}]`, row).length, d, 'as in rows[0]'));
    requireLength('weights', weights.length, rows.length, 'one a row');
    weights.forEach((weight, i) => requireInteger(`weights[${i}]`, weight, 0, MAX_WEIGHT));
    const total = requireInteger(
      'the sum of weights',
      weights.reduce((a, b) => a + b, 0),
      1,
      MAX_WEIGHT_SUM - 1,
    );
    if (!(scale > 0 && scale < Infinity)) throw badArgument('scale', 'a number above 0', describe(scale));
    return arena.scope(() => {
      const pointers = Uint32Array.from(rows, (row) => arena.copyIn(new Uint8Array(row.buffer, row.byteOffset, d)));
      const at = arena.copyIn(pointers);
      const weightsAt = arena.copyIn(new Uint8Array(Int16Array.from(weights).buffer));
      const out = arena.allocate(d * 4);
      exports.int8SumSimd(at, weightsAt, rows.length, 0, d, out);
      exports.int8Mean(out, d, scale, total, out);
      return copyFiniteOut(arena, exports, out, d);
    });
  };

  const privatise: Codec['privatise'] = ({ values, clip, noise, key }) => {
    const n = requireValues('values', values);
    requireNumber('clip', clip, Number.MIN_VALUE, 1e30);
    requireNumber('noise', noise, 0, 1e6);
    requireLength('key', requireBytes('key', key).length, 32, 'bytes of ChaCha20’s key');
    return arena.scope(() => {
      const at = copyFinite(arena, exports, 'values', values);
      const keyAt = arena.copyIn(key);
      exports.clipNorm(at, n, clip);
      if (noise > 0) exports.addGaussian(at, n, noise * clip, keyAt, arena.allocate(64));
      arena.u8(keyAt, 32).fill(0);
      return copyFiniteOut(arena, exports, at, n);
    });
  };

  return { quantise, dequantise, topK, scatter, int8Mean, privatise, lowRank: (a) => lowRank(instance, a) };
}

function requireValues(name: string, values: Float32Array): number {
  return requireInteger(`${name}.length`, requireF32(name, values).length, 1, MAX_VALUES);
}

function requireI8(name: string, value: unknown): Int8Array {
  return requireArray(name, value, 'Int8Array') as Int8Array;
}

function requireU32(name: string, value: unknown): Uint32Array {
  return requireArray(name, value, 'Uint32Array') as Uint32Array;
}

function requireArray(name: string, value: unknown, tag: string): unknown {
  if (Object.prototype.toString.call(value) === `[object ${tag}]`) return value;
  throw badArgument(name, `a value of type ${tag}`, describe(value));
}

function badArgument(name: string, expected: string, got: string): CoveyError {
  return coreError('CORE_BAD_ARGUMENT', `\`${name}\` is out of bounds`, { expected, got });
}
