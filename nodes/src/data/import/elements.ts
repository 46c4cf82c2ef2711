import { floatOfBits, halfToNumber } from '@covey/protocol';
import { nodeError } from '../../errors.ts';

/** How one element stands in a file; 16-bit floats are widened by their bits, so that every engine reads the same. */
interface ElementKind {
  bytes: number;
  whole: boolean;
  read(view: DataView, at: number, little: boolean): number;
}

const kind = (bytes: number, whole: boolean, read: ElementKind['read']): ElementKind => ({ bytes, whole, read });

export const elementTypes = {
  bool: kind(1, true, (view, at) => (view.getUint8(at) === 0 ? 0 : 1)),
  u8: kind(1, true, (view, at) => view.getUint8(at)),
  i8: kind(1, true, (view, at) => view.getInt8(at)),
  u16: kind(2, true, (view, at, little) => view.getUint16(at, little)),
  i16: kind(2, true, (view, at, little) => view.getInt16(at, little)),
  u32: kind(4, true, (view, at, little) => view.getUint32(at, little)),
  i32: kind(4, true, (view, at, little) => view.getInt32(at, little)),
  // Beyond 2^53 they are not exact, and no sample takes such a number.
  u64: kind(8, true, (view, at, little) => Number(view.getBigUint64(at, little))),
  i64: kind(8, true, (view, at, little) => Number(view.getBigInt64(at, little))),
  f16: kind(2, false, (view, at, little) => halfToNumber(view.getUint16(at, little))),
  bf16: kind(2, false, (view, at, little) => floatOfBits(view.getUint16(at, little) << 16)),
  f32: kind(4, false, (view, at, little) => view.getFloat32(at, little)),
  f64: kind(8, false, (view, at, little) => view.getFloat64(at, little)),
} satisfies Record<string, ElementKind>;

export type ElementType = keyof typeof elementTypes;

/** An array of a file: elements in C order (the last index runs fastest). */
export interface ElementArray {
  type: ElementType;
  shape: readonly number[];
  little: boolean;
  data: Uint8Array;
}

export const elementCount = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** Most bytes of arrays that are held at once: twice the largest shard, since f64 become f32. */
export const MAX_ARRAY_BYTES = 512 * 2 ** 20;
const MAX_DIMENSIONS = 8;

/** Bytes that a shape stands for; throws where a hostile one has more than anyone holds. */
export function arrayBytes(name: string, type: ElementType, shape: readonly number[]): number {
  const bytes = elementCount(shape) * elementTypes[type].bytes;
  const valid = shape.length <= MAX_DIMENSIONS && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (valid && bytes <= MAX_ARRAY_BYTES) return bytes;
  throw nodeError('DATA_TOO_LARGE', `The array ${name} is too large.`, {
    expected: `at most ${MAX_DIMENSIONS} dimensions and ${MAX_ARRAY_BYTES / 2 ** 20} MiB`,
    got: `${type} [${shape.slice(0, 12).join(', ')}]`,
  });
}

/** Elements one after another. */
export function eachElement({ type, data, little }: ElementArray, take: (value: number, index: number) => void): void {
  const { bytes, read } = elementTypes[type];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = data.byteLength / bytes;
  for (let i = 0; i < count; i++) take(read(view, i * bytes, little), i);
}

const targets = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** The elements in another type; throws DATA_BAD_ARRAY where one does not fit in it, or is not finite. */
export function elementsAs<T extends keyof typeof targets>(
  name: string,
  array: ElementArray,
  type: T,
): InstanceType<(typeof targets)[T]> {
  const values = new targets[type](elementCount(array.shape));
  const isReal = type === 'f32' || type === 'f64';
  eachElement(array, (value, i) => {
    values[i] = value;
    const fits = isReal ? Number.isFinite(values[i]) : values[i] === value;
    if (!fits)
      throw misfit(
        name,
        array.shape,
        i,
        value,
        isReal ? `a finite number within ${type}` : `a whole number that fits in ${type}`,
      );
    // −0 of a file is 0: what differs in no value differs in no byte.
    if (isReal && value === 0) values[i] = 0;
  });
  return values as InstanceType<(typeof targets)[T]>;
}

export function misfit(name: string, shape: readonly number[], index: number, value: number, expected: string) {
  return badArray(`The array ${name} has a value that does not fit at [${placeOf(shape, index).join(', ')}].`, {
    expected,
    got: String(value),
  });
}

function placeOf(shape: readonly number[], index: number): number[] {
  let rest = index;
  return shape.map((_, axis) => {
    const size = elementCount(shape.slice(axis + 1));
    const place = Math.floor(rest / size);
    rest -= place * size;
    return place;
  });
}

export function badArray(
  message: string,
  details: { expected?: string; got?: string; hint?: string; cause?: unknown } = {},
) {
  return nodeError('DATA_BAD_ARRAY', message, details);
}

/** Of an array's values, for people. */
export function statisticsOf(array: ElementArray): { least: number; greatest: number; mean: number } {
  let [least, greatest, sum, count] = [Infinity, -Infinity, 0, 0];
  eachElement(array, (value) => {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    sum += value;
    count++;
  });
  return { least, greatest, mean: sum / count };
}
