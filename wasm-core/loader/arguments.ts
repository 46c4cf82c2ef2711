import type { CoveyError } from '@covey/errors';
import type { Arena } from './arena.ts';
import { describe, coreError } from './errors.ts';
import type { CoreExports, Pointer } from './exports.ts';

// instanceof fails for arrays of another realm (vm contexts, iframes), so types are told by their tag.
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export function requireF32(name: string, value: unknown): Float32Array {
  if (tagOf(value) === 'Float32Array') return value as Float32Array;
  throw coreError('CORE_BAD_ARGUMENT', `\`${name}\` has the wrong type`, {
    expected: 'a Float32Array',
    got: describe(value),
  });
}

export function requireBytes(name: string, value: unknown): Uint8Array {
  const tag = tagOf(value);
  if (tag === 'Uint8Array' || tag === 'Uint8ClampedArray') return value as Uint8Array;
  throw coreError('CORE_BAD_ARGUMENT', `\`${name}\` has the wrong type`, {
    expected: 'a Uint8Array',
    got: describe(value),
  });
}

export function requireObject(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw coreError('CORE_BAD_ARGUMENT', `\`${name}\` has the wrong type`, {
    expected: 'an object',
    got: describe(value),
  });
}

export function requireInteger(name: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw coreError('CORE_BAD_ARGUMENT', `\`${name}\` is out of bounds`, {
    expected: `an integer from ${low} to ${high}`,
    got: describe(value),
  });
}

/** low ≤ value < high. */
export function requireNumber(name: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && value >= low && value < high) return value;
  throw coreError('CORE_BAD_ARGUMENT', `\`${name}\` is out of bounds`, {
    expected: `a number, at least ${low} and below ${high}`,
    got: describe(value),
  });
}

export function requireLength(name: string, got: number, expected: number, why: string): void {
  if (got === expected) return;
  throw coreError('CORE_BAD_SHAPE', `\`${name}\` has the wrong length`, {
    expected: `${expected} (${why})`,
    got: String(got),
  });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw coreError('CORE_ABORTED', 'The work was aborted by its caller', { cause: signal.reason });
}

/** Bits of the least magnitude that is not finite. */
export const INFINITY_BITS = 0x7f800000;

/**
 * Copies first and looks at the copy: the caller's memory may be shared and change meanwhile. What is below the floor is 0 in
 * the copy (assembly/vector/faint.ts).
 */
export function copyFinite(arena: Arena, exports: CoreExports, name: string, values: Float32Array): Pointer {
  const at = arena.copyIn(values);
  if (exports.floorSimd(at, values.length) >>> 0 >= INFINITY_BITS) throw notFinite(name, arena.f32(at, values.length));
  return at;
}

export function notFinite(name: string, values: Float32Array, first = 0): CoveyError {
  const index = values.findIndex((value) => !Number.isFinite(value));
  return coreError('CORE_NOT_FINITE', `\`${name}\` holds a value that is not a number`, {
    expected: 'finite values only',
    got: `${values[index]} at index ${first + index}`,
  });
}

/** Results are looked at too: what is not finite is never handed out, and so never hashed. */
export function copyFiniteOut(arena: Arena, exports: CoreExports, at: Pointer, length: number): Float32Array {
  if (exports.notFiniteSimd(at, length)) {
    throw coreError('CORE_OVERFLOW', 'The result is too large for f32', {
      hint: 'The inputs are finite but of absurd size; refuse them.',
    });
  }
  return arena.copyOut(at, length);
}
