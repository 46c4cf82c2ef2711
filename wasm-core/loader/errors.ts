/**
 * Stable codes of everything that the core refuses:
 *
 * - `CORE_SCORER_MISMATCH`: the binary is not the one that was expected (approved).
 * - `CORE_BAD_BINARY`: not a WebAssembly module, or not our core.
 * - `CORE_NOT_BUILT`: `dist/core.wasm` is missing (Node only).
 * - `CORE_UNSUPPORTED`: this host lacks WebAssembly SIMD or shared memory.
 * - `CORE_THREADS_FAILED`: a thread of the core could not be started, trapped or died.
 * - `CORE_OUT_OF_MEMORY`: the work does not fit the memory that the host gives.
 * - `CORE_BAD_ARGUMENT`: an argument has the wrong type or lies outside its bounds.
 * - `CORE_BAD_LAYERS`: the layers do not make a network.
 * - `CORE_BAD_SHAPE`: an array's length does not fit the layers or the other arrays.
 * - `CORE_BAD_LABEL`: a label is not a class of the network.
 * - `CORE_BAD_RULE`: unknown aggregation rule, or its parameters do not fit the number of updates.
 * - `CORE_NOT_FINITE`: an input holds NaN or ±Infinity.
 * - `CORE_OVERFLOW`: finite inputs gave a result that f32 cannot hold.
 * - `CORE_DIVERGED`: training left the finite numbers.
 * - `CORE_ABORTED`: the caller's signal was aborted.
 * - `CORE_BAD_VECTORS`: a vector file is malformed.
 */
export type CoreErrorCode =
  | 'CORE_SCORER_MISMATCH'
  | 'CORE_BAD_BINARY'
  | 'CORE_NOT_BUILT'
  | 'CORE_UNSUPPORTED'
  | 'CORE_THREADS_FAILED'
  | 'CORE_OUT_OF_MEMORY'
  | 'CORE_BAD_ARGUMENT'
  | 'CORE_BAD_LAYERS'
  | 'CORE_BAD_SHAPE'
  | 'CORE_BAD_LABEL'
  | 'CORE_BAD_RULE'
  | 'CORE_NOT_FINITE'
  | 'CORE_OVERFLOW'
  | 'CORE_DIVERGED'
  | 'CORE_ABORTED'
  | 'CORE_BAD_VECTORS';

interface CoreErrorDetails {
  expected?: string;
  got?: string;
  hint?: string;
  cause?: unknown;
}

export class CoreError extends Error {
  override readonly name = 'CoreError';
  readonly code: CoreErrorCode;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;

  constructor(code: CoreErrorCode, message: string, details: CoreErrorDetails = {}) {
    const { expected, got, hint, cause } = details;
    let full = message;
    if (expected !== undefined) full += `: expected ${expected}`;
    if (got !== undefined) full += `${expected === undefined ? ':' : ','} got ${got}`;
    if (hint !== undefined) full += `. ${hint}`;
    super(full, cause === undefined ? undefined : { cause });
    this.code = code;
    if (expected !== undefined) this.expected = expected;
    if (got !== undefined) this.got = got;
    if (hint !== undefined) this.hint = hint;
  }
}

/** A short description of any value, safe to print. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'undefined') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  return typeof value;
}
