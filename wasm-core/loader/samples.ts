import type { CoveyError } from '@covey/errors';
import type { Arena } from './arena.ts';
import { INFINITY_BITS, notFinite, requireLength } from './arguments.ts';
import { describe, coreError } from './errors.ts';
import type { CoreExports, Pointer } from './exports.ts';
import type { LossType } from './losses.ts';
import type { Network } from './network-parts.ts';
import {
  featureTypes,
  integerType,
  targetTypes,
  valueTypeOf,
  valueTypes,
  type Values,
  type ValueType,
} from './values.ts';

/** Samples a call. Their numbers fit u32; so do places of their bytes, as the arena gives out no memory beyond 2^32. */
export const MAX_SAMPLES = 2 ** 24;

/** Rows of one type of value. */
export interface Rows {
  /** Of the argument, for errors. */
  name: string;
  type: ValueType;
  /** A private copy where integers had to be looked at. */
  bytes: Uint8Array;
  /** Bytes of a sample. */
  each: number;
}

export interface Samples extends Rows {
  count: number;
}

/** The samples in `inputs`, at least one. Whether f32 are finite is seen when they are copied (`copySamples`). */
export function checkSamples({ input }: Network, inputs: unknown): Samples {
  if (input.kind !== 'features') {
    const size = input.kind === 'tokens' ? input.size + 1 : input.size;
    const type = integerType(input.vocabulary);
    const tokens = requireType('inputs', inputs, [type], 'by the vocabulary');
    const count = wholeSamples(tokens.length, size);
    return {
      count,
      ...rowsOf(
        'inputs',
        type,
        below(copyOf(type, tokens), input.vocabulary, 'A token is not in the vocabulary'),
        size,
      ),
    };
  }
  const features = requireType('inputs', inputs, featureTypes, 'features');
  const count = wholeSamples(features.length, input.size);
  return { count, ...rowsOf('inputs', valueTypeOf(features)!, features, input.size) };
}

function wholeSamples(length: number, size: number): number {
  const count = length / size;
  if (Number.isInteger(count) && count >= 1 && count <= MAX_SAMPLES) return count;
  throw coreError('CORE_BAD_SHAPE', '`inputs` is not a whole number of samples', {
    expected: `a multiple of ${size}, 1 to ${MAX_SAMPLES} samples`,
    got: String(length),
  });
}

/** What each sample should give: classes, looked at, or numbers. Token networks carry their targets. */
export function checkTargets(
  { classes, input }: Network,
  labels: unknown,
  targets: LossType['targets'],
  count: number,
): Rows | undefined {
  if (input.kind === 'tokens') {
    if (labels === undefined) return undefined;
    throw coreError('CORE_BAD_ARGUMENT', '`labels` are given twice', {
      expected: 'none: each token is the label of those before it',
      got: describe(labels),
    });
  }
  if (targets === 'class') {
    const type = integerType(classes);
    const given = requireType('labels', labels, [type], 'by the number of classes');
    requireLength('labels', given.length, count, 'one a sample');
    return rowsOf('labels', type, below(copyOf(type, given), classes, 'A label is not a class of the network'), 1);
  }
  const given = requireType('labels', labels, targetTypes, 'one an output');
  requireLength('labels', given.length, count * classes, 'one an output');
  return rowsOf('labels', valueTypeOf(given)!, given, classes);
}

/**
 * Copies samples [start, end), or their targets, to `at`; f32 below the floor as 0 (assembly/vector/faint.ts). Throws
 * CORE_NOT_FINITE, found in the copy: the caller's memory may be shared.
 */
export function copySamples(
  { arena, exports }: { arena: Arena; exports: CoreExports },
  { name, type, bytes, each }: Rows,
  at: Pointer,
  start: number,
  end: number,
): void {
  const length = (end - start) * each;
  arena.u8(at, length).set(bytes.subarray(start * each, end * each));
  if (type !== 'f32' || exports.floorSimd(at, length / 4) >>> 0 < INFINITY_BITS) return;
  throw notFinite(name, arena.f32(at, length / 4), (start * each) / 4);
}

/** Those of all samples, copied into memory of the caller's scope. */
export function copyAllSamples(core: { arena: Arena; exports: CoreExports }, rows: Rows, count: number): Pointer {
  const at = core.arena.allocate(count * rows.each);
  copySamples(core, rows, at, 0, count);
  return at;
}

function requireType(name: string, values: unknown, types: readonly ValueType[], why: string): Values {
  const type = valueTypeOf(values);
  if (type && types.includes(type)) return values as Values;
  throw wrongType(name, values, types, why);
}

function wrongType(name: string, values: unknown, types: readonly ValueType[], why: string): CoveyError {
  const expected = types.map((type) => valueTypes[type].Array.name).join(' or ');
  return coreError('CORE_BAD_ARGUMENT', `\`${name}\` has the wrong type`, {
    expected: `${expected} (${why})`,
    got: describe(values),
  });
}

/** Never `slice`, which in Node's own byte arrays gives no copy. */
function copyOf(type: ValueType, values: Values): Values {
  return new valueTypes[type].Array(values);
}

function below(values: Values, bound: number, message: string): Values {
  const index = values.findIndex((value) => value >= bound);
  if (index < 0) return values;
  throw coreError('CORE_BAD_LABEL', message, {
    expected: `0 to ${bound - 1}`,
    got: `${values[index]} at index ${index}`,
  });
}

function rowsOf(name: string, type: ValueType, values: Values, size: number): Rows {
  const { buffer, byteOffset, byteLength } = values;
  return { name, type, bytes: new Uint8Array(buffer, byteOffset, byteLength), each: size * valueTypes[type].bytes };
}
