import { nodeError } from '../../errors.ts';
import { arrayBytes, elementCount, type ElementArray, type ElementType } from './elements.ts';

const types: Readonly<Record<number, ElementType>> = {
  0x08: 'u8',
  0x09: 'i8',
  0x0b: 'i16',
  0x0c: 'i32',
  0x0d: 'f32',
  0x0e: 'f64',
};

export const looksLikeIdx = (bytes: Uint8Array) =>
  bytes[0] === 0 && bytes[1] === 0 && Object.hasOwn(types, bytes[2] ?? 0) && (bytes[3] ?? 0) > 0;

/**
 * Parses the IDX format (http://yann.lecun.com/exdb/mnist/): two zero bytes, element type, number of dimensions,
 * each dimension as a big-endian u32, then the elements, big-endian too.
 */
export function parseIdx(bytes: Uint8Array, name = 'file'): ElementArray {
  const fail = (what: string, expected: string, got: string) =>
    nodeError('DATA_BAD_IDX', `${name} is not an IDX file: ${what}.`, { expected, got });
  if (bytes.byteLength < 4) throw fail('too short for a header', 'at least 4 bytes', `${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0) throw fail('wrong magic number', '0x0000', `0x${view.getUint16(0).toString(16)}`);
  const type = types[bytes[2]!];
  if (type === undefined)
    throw fail('wrong element type', '0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e', `0x${bytes[2]!.toString(16)}`);
  const dimensions = bytes[3]!;
  const header = 4 + 4 * dimensions;
  if (dimensions === 0 || bytes.byteLength < header) {
    throw fail('incomplete header', `${header} bytes, one dimension or more`, `${bytes.byteLength} bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  const size = arrayBytesOf(name, type, shape);
  if (bytes.byteLength !== header + size) {
    throw fail(
      'size does not match its shape',
      `${header + size} bytes for ${shape.join('×')}`,
      `${bytes.byteLength} bytes`,
    );
  }
  return { type, shape, little: false, data: bytes.subarray(header) };
}

/** A shape of more than anybody holds is a size that does not match, too. */
function arrayBytesOf(name: string, type: ElementType, shape: readonly number[]): number {
  return elementCount(shape) === 0 ? 0 : arrayBytes(name, type, shape);
}
