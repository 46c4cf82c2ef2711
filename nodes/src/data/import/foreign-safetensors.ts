import { isProtocolError, readForeignSafetensors, type ForeignTensor } from '@covey/protocol';
import { MAX_ARRAY_BYTES, arrayBytes, badArray, type ElementArray, type ElementType } from './elements.ts';

const types: Readonly<Record<string, ElementType>> = {
  BOOL: 'bool',
  U8: 'u8',
  I8: 'i8',
  U16: 'u16',
  I16: 'i16',
  U32: 'u32',
  I32: 'i32',
  U64: 'u64',
  I64: 'i64',
  F16: 'f16',
  BF16: 'bf16',
  F32: 'f32',
  F64: 'f64',
};

/** Arrays of a safetensors file that anyone wrote: in any order, with `__metadata__`, of any type that holds numbers. */
export function parseForeignSafetensors(bytes: Uint8Array): Map<string, ElementArray> {
  return new Map([...tensorsOf(bytes)].map(([name, tensor]) => [name, arrayOf(name, tensor)]));
}

function tensorsOf(bytes: Uint8Array): Map<string, ForeignTensor> {
  try {
    return readForeignSafetensors(bytes, { maxBytes: MAX_ARRAY_BYTES });
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    const { expected, got } = cause;
    throw badArray('The file cannot be read as safetensors.', {
      ...(expected !== undefined && { expected }),
      ...(got !== undefined && { got }),
      cause,
    });
  }
}

function arrayOf(name: string, { dtype, shape, data }: ForeignTensor): ElementArray {
  const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  if (type === undefined)
    throw badArray(`The tensor ${name.slice(0, 80)} holds no numbers that are known.`, {
      expected: Object.keys(types).join(', '),
      got: dtype.slice(0, 20),
    });
  if (arrayBytes(name.slice(0, 80), type, shape) !== data.length)
    throw badArray(`The tensor ${name.slice(0, 80)} has another size than its shape.`, {
      expected: `${dtype} [${shape.join(', ')}]`,
      got: `${data.length} bytes`,
    });
  return { type, shape, little: true, data };
}
