import { defineErrors } from '@covey/errors';

/** Everything that the core refuses. */
export const coreErrors = defineErrors({
  CORE_SCORER_MISMATCH: {
    kind: 'mismatch',
    meaning: 'The binary is not the one that was expected (approved).',
    action: 'Fetch the approved scorer by its SHA-256, or update Covey.',
  },
  CORE_BAD_BINARY: {
    kind: 'input',
    meaning: 'Not a WebAssembly module, or not this core.',
    action: 'Use the core.wasm of this version of Covey.',
  },
  CORE_NOT_BUILT: {
    kind: 'fault',
    meaning: 'The file dist/core.wasm is missing.',
    action: 'Run `npm run build`.',
  },
  CORE_UNSUPPORTED: {
    kind: 'fault',
    meaning: 'This host lacks WebAssembly SIMD or shared memory.',
    action: 'Use Node 20 or newer, or a current browser.',
  },
  CORE_THREADS_FAILED: {
    kind: 'fault',
    meaning: 'A thread of the core could not be started, trapped or died.',
    action: 'Try again with one thread; if it stays, report it with the arguments.',
    retryable: true,
  },
  CORE_OUT_OF_MEMORY: {
    kind: 'fault',
    meaning: 'The work does not fit the memory that the host gives.',
    action: 'Free memory, or use a machine with more.',
  },
  CORE_BAD_ARGUMENT: {
    kind: 'input',
    meaning: 'An argument has the wrong type or lies outside its bounds.',
    action: 'Give a value of the type and inside the bounds that the message names.',
  },
  CORE_BAD_LAYERS: {
    kind: 'input',
    meaning: 'The layers do not make a network.',
    action: 'Change the layer that the message names.',
  },
  CORE_FORWARD_ONLY: {
    kind: 'input',
    meaning: 'A gradient or training was asked for in integer arithmetic.',
    action: 'Train in f32; a task of integers scores what was trained so.',
  },
  CORE_NO_SESSION: {
    kind: 'input',
    meaning: 'A session keeps keys and values between tokens, and of this network nothing can be kept, or too much.',
    action: 'Ask for the outputs of whole texts.',
  },
  CORE_BAD_SHAPE: {
    kind: 'input',
    meaning: 'An array’s length does not fit the layers or the other arrays.',
    action: 'Check that weights and samples are those of this architecture.',
  },
  CORE_BAD_LABEL: {
    kind: 'input',
    meaning: 'A label is not a class of the network.',
    action: 'Labels count from 0 and stay below the number of outputs.',
  },
  CORE_BAD_RULE: {
    kind: 'input',
    meaning: 'Unknown aggregation rule, or its parameters do not fit the number of updates.',
    action: 'Choose parameters that the number of updates allows.',
  },
  CORE_NOT_FINITE: {
    kind: 'input',
    meaning: 'An input holds NaN or an infinity.',
    action: 'Remove what made it: a diverged training, or a damaged file.',
  },
  CORE_OVERFLOW: {
    kind: 'input',
    meaning: 'Finite inputs gave a result that f32 cannot hold.',
    action: 'Use smaller updates or weights.',
  },
  CORE_DIVERGED: {
    kind: 'input',
    meaning: 'Training left the finite numbers.',
    action: 'Use a smaller learning rate.',
  },
  CORE_ABORTED: {
    kind: 'fault',
    meaning: 'The caller’s signal was aborted.',
    action: 'Nothing: it was asked for.',
  },
  CORE_BAD_VECTORS: {
    kind: 'input',
    meaning: 'A vector file is malformed.',
    action: 'Use a file of the format in wasm-core/README.md.',
  },
});

export const { error: coreError, is: isCoreError } = coreErrors;

export type CoreErrorCode = keyof typeof coreErrors.rows;

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
