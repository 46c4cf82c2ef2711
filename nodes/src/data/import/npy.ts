import { arrayBytes, badArray, elementCount, elementTypes, type ElementArray, type ElementType } from './elements.ts';
import { readZip } from './zip.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MAX_HEADER = 65_536;

/** numpy's letters: kind and bytes. */
const types: Readonly<Record<string, ElementType>> = {
  b1: 'bool',
  '?': 'bool',
  u1: 'u8',
  B: 'u8',
  i1: 'i8',
  b: 'i8',
  u2: 'u16',
  i2: 'i16',
  u4: 'u32',
  i4: 'i32',
  u8: 'u64',
  i8: 'i64',
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
};

export const isNpy = (bytes: Uint8Array) => MAGIC.every((byte, i) => bytes[i] === byte);
export const isZip = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** An array as numpy.save writes it, versions 1 to 3 of the format; arrays of Python objects are never loaded. */
export function parseNpy(bytes: Uint8Array, name: string): ElementArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isNpy(bytes) || bytes.length < 12)
    throw badArray(`${name} is no npy file.`, { expected: 'what numpy.save writes' });
  const version = bytes[6]!;
  if (version < 1 || version > 3)
    throw badArray(`${name} has another version of npy.`, { expected: '1 to 3', got: `${version}` });
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER || start + length > bytes.length)
    throw badArray(`${name} has a header that is cut or too long.`, {
      expected: `at most ${MAX_HEADER} bytes`,
      got: `${length}`,
    });
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const { type, little, fortran, shape } = parseHeader(header, name);
  const size = arrayBytes(name, type, shape);
  const data = bytes.subarray(start + length);
  if (data.length !== size)
    throw badArray(`${name} has another size than its shape.`, {
      expected: `${size} bytes for [${shape.join(', ')}]`,
      got: `${data.length}`,
    });
  const array = { type, shape, little, data };
  return fortran && shape.length > 1 ? inCOrder(array) : array;
}

function parseHeader(header: string, name: string) {
  const part = (key: string, value: string) => new RegExp(`'${key}'\\s*:\\s*${value}`).exec(header)?.[1];
  const descr = part('descr', "'([^']{1,16})'");
  const fortran = part('fortran_order', '(True|False)');
  const shape = part('shape', '\\(([0-9, ]*)\\)');
  const [, order, letters] = /^([<>|=]?)(.+)$/.exec(descr ?? '') ?? [];
  const type = letters === undefined || !Object.hasOwn(types, letters) ? undefined : types[letters];
  if (type === undefined)
    throw badArray(`${name} holds no plain numbers.`, {
      expected: 'bool, integers or floats of 2, 4 or 8 bytes',
      got: descr ?? header.slice(0, 80).trim(),
      hint: 'Convert it first, as with array.astype("float32"); objects and text are not loaded.',
    });
  if (fortran === undefined || shape === undefined)
    throw badArray(`${name} has a header without order or shape.`, { got: header.slice(0, 80).trim() });
  const lengths = shape
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number);
  return { type, little: order !== '>', fortran: fortran === 'True', shape: lengths };
}

/** Of an array whose first index runs fastest: the same elements with the last one fastest. */
function inCOrder(array: ElementArray): ElementArray {
  const { shape, data, type } = array;
  const { bytes } = elementTypes[type];
  const moved = new Uint8Array(data.length);
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)) * bytes);
  const place = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to += bytes) {
    for (let byte = 0; byte < bytes; byte++) moved[to + byte] = data[from + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
  return { ...array, data: moved };
}

/** Arrays of a file that numpy.savez or savez_compressed wrote, by their names. */
export async function readNpz(bytes: Uint8Array): Promise<Map<string, ElementArray>> {
  const arrays = new Map<string, ElementArray>();
  for (const [file, data] of await readZip(bytes)) {
    if (!file.endsWith('.npy')) continue;
    const name = file.slice(0, -4);
    arrays.set(name, parseNpy(data, name));
  }
  return arrays;
}
