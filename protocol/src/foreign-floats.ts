import type { ForeignTensor } from './foreign-safetensors.ts';

type Read = (view: DataView, at: number) => number;

/** What a float is in a file, by its dtype, with its size in bytes. */
const floats: Readonly<Record<string, { bytes: number; read: Read }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  // The upper half of an f32.
  BF16: { bytes: 2, read: (view, at) => floatOfBits(view.getUint16(at, true) << 16) },
};

export const floatDtypes = Object.keys(floats);

/** The tensor's values as f32: exact but for F64, which is rounded to the nearest. Null where it holds no floats. */
export function floatsOf({ dtype, data }: ForeignTensor): Float32Array<ArrayBuffer> | null {
  const float = Object.hasOwn(floats, dtype) ? floats[dtype] : undefined;
  if (!float) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(data.byteLength / float.bytes);
  for (let i = 0; i < values.length; i++) values[i] = float.read(view, i * float.bytes);
  return values;
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The binary32 of 32 bits. */
export function floatOfBits(word: number): number {
  bits[0] = word;
  return float[0]!;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent (bias 15), 10 of fraction. Every one is an f32. */
export function halfToNumber(word: number): number {
  const exponent = (word >>> 10) & 31;
  const fraction = word & 0x3ff;
  const sign = word & 0x8000;
  // Units of 2^-24.
  if (exponent === 0) return (sign ? -fraction : fraction) / 16_777_216;
  return floatOfBits((sign << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13));
}
