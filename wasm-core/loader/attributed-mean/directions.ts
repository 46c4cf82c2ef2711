import { kept } from '../faint.ts';
import type { CoreInstance } from '../instantiate.ts';

export interface Directions {
  /** Orthonormal, of the public directions. */
  basis: Float64Array[];
  /** Where the opened shards' own loss falls, less the public directions, of length 1. */
  descent: Float64Array | undefined;
}

/** A remainder shorter than this part of its vector is rounding: the vector is a combination of those before it. */
const DEPENDENT = 1e-9;
/**
 * Components below it are 0. With f32 from 2^-51 to 2^128, products of components and of inner products with them, which are
 * multiples of 2^-452, stay far above 2^-1022, where f64 becomes slow.
 */
const INAUDIBLE = 2 ** -200;

function audible(component: number): number {
  return Math.abs(component) < INAUDIBLE ? 0 : component;
}

/** Gram and Schmidt's, modified: directions in the order in which they come. */
export function directionsOf(
  core: CoreInstance,
  publicDirections: readonly Float32Array[],
  known: Float32Array | undefined,
): Directions {
  const basis: Float64Array[] = [];
  for (const direction of publicDirections) {
    const unit = remainder(core, widened(core, direction), basis);
    if (unit) basis.push(unit);
  }
  if (!known) return { basis, descent: undefined };
  const down = widened(core, known);
  for (let c = 0; c < down.length; c++) down[c] = -down[c]!;
  return { basis, descent: remainder(core, down, basis) };
}

/** In f64, without what is below the floor. */
function widened({ arena, exports }: CoreInstance, values: Float32Array): Float64Array {
  return arena.scope(() => {
    const at = arena.copyIn(values);
    exports.floorSimd(at, values.length);
    return Float64Array.from(arena.f32(at, values.length));
  });
}

/** In f32, without what is below the floor. */
export function narrowed(vector: Float64Array): Float32Array {
  const values = new Float32Array(vector.length);
  for (let c = 0; c < vector.length; c++) values[c] = kept(vector[c]!);
  return values;
}

/** In place: the vector less its parts along the basis, of length 1. */
function remainder(
  { exports }: CoreInstance,
  vector: Float64Array,
  basis: readonly Float64Array[],
): Float64Array | undefined {
  const length = exports.squareRoot(inner(vector, vector));
  takeOut(vector, basis);
  const left = exports.squareRoot(inner(vector, vector));
  if (!(left > DEPENDENT * length)) return undefined;
  for (let c = 0; c < vector.length; c++) vector[c] = audible(vector[c]! / left);
  return vector;
}

/** In place: the vector less its parts along orthonormal directions. */
export function takeOut(vector: Float64Array, directions: readonly Float64Array[]): void {
  for (const q of directions) {
    const along = inner(vector, q);
    for (let c = 0; c < vector.length; c++) vector[c] = audible(vector[c]! - along * q[c]!);
  }
}

/** Columns in ascending order, in f64. */
export function inner(a: Float64Array | Float32Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}
