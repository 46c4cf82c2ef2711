import type { CoveyError } from '@covey/errors';
import { isCoreError } from '@covey/wasm-core';
import { protocolError } from './errors.ts';
import { placeOfNotFinite } from './finite.ts';
import type { Tensor } from './safetensors.ts';

/** The bytes of a tensor, which lie anywhere in the file. */
export function take(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  dtype: Tensor['dtype'],
  shape: readonly number[],
): Uint8Array {
  const tensor = tensors.get(name);
  const expected = `${dtype} [${shape.join(', ')}]`;
  if (!tensor) throw wrongTensors(`tensor ${name} is missing`, expected, [...tensors.keys()].slice(0, 8).join(', '));
  if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
    const got = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    throw wrongTensors(`tensor ${name} has another type or shape`, expected, got);
  }
  return tensor.data;
}

/** A copy that typed arrays of wider numbers can begin at. */
export function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

export function requireCount(tensors: ReadonlyMap<string, Tensor>, count: number): void {
  if (tensors.size !== count) throw wrongTensors('the file holds other tensors', `${count}`, `${tensors.size}`);
}

export function requireFinite(name: string, values: Float32Array): void {
  const bad = placeOfNotFinite(values);
  if (bad === undefined) return;
  throw protocolError('PROTOCOL_NOT_FINITE', `tensor ${name} holds a value that is not finite`, {
    expected: 'finite numbers only',
    got: `${values[bad]} at element ${bad}`,
  });
}

/** A quantum times its scale may leave f32. */
export function finite(name: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'CORE_OVERFLOW') throw error;
    throw protocolError('PROTOCOL_NOT_FINITE', `tensor ${name} holds a value that is not finite`, { cause: error });
  }
}

export function wrongTensors(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_WRONG_TENSORS', message, { expected, got });
}

export function u32(values: Uint32Array): Tensor {
  return { dtype: 'U32', shape: [values.length], data: bytesOf(values) };
}

export function f32(values: Float32Array, shape: readonly number[] = [values.length]): Tensor {
  return { dtype: 'F32', shape, data: bytesOf(values) };
}

function bytesOf(values: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
