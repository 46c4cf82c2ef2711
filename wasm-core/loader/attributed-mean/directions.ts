import type { CoreExports } from '../exports.ts';

export interface Directions {
  /** Orthonormal, of the public directions. */
  basis: Float64Array[];
  /** Where the opened shards' own loss falls, less the public directions, of length 1. */
  descent: Float64Array | undefined;
}

/** A remainder shorter than this part of its vector is rounding: the vector is a combination of those before it. */
const DEPENDENT = 1e-9;

/** Gram and Schmidt's, modified: directions in the order in which they come. */
export function directionsOf(
  exports: CoreExports,
  publicDirections: readonly Float32Array[],
  known: Float32Array | undefined,
): Directions {
  const basis: Float64Array[] = [];
  for (const direction of publicDirections) {
    const unit = remainder(exports, Float64Array.from(direction), basis);
    if (unit) basis.push(unit);
  }
  const descent =
    known &&
    remainder(
      exports,
      Float64Array.from(known, (value) => -value),
      basis,
    );
  return { basis, descent };
}

/** In place: the vector less its parts along the basis, of length 1. */
function remainder(
  exports: CoreExports,
  vector: Float64Array,
  basis: readonly Float64Array[],
): Float64Array | undefined {
  const length = exports.squareRoot(inner(vector, vector));
  takeOut(vector, basis);
  const left = exports.squareRoot(inner(vector, vector));
  if (!(left > DEPENDENT * length)) return undefined;
  for (let c = 0; c < vector.length; c++) vector[c] = vector[c]! / left;
  return vector;
}

/** In place: the vector less its parts along orthonormal directions. */
export function takeOut(vector: Float64Array, directions: readonly Float64Array[]): void {
  for (const q of directions) {
    const along = inner(vector, q);
    for (let c = 0; c < vector.length; c++) vector[c] = vector[c]! - along * q[c]!;
  }
}

/** Columns in ascending order, in f64. */
export function inner(a: Float64Array | Float32Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}
