// Plain f64 vector arithmetic for strategies and reports. Nothing of the protocol is computed here.

export type Vector = Float32Array | Float64Array;

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}

export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

export function scaled(a: Vector, factor: number): Float32Array {
  return Float32Array.from(a, (value) => value * factor);
}

/** Σ factorᵢ · vectorᵢ in f64; of none, nothing of this length. */
export function combined(terms: readonly (readonly [factor: number, of: Vector])[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const [factor, of] of terms) for (let c = 0; c < length; c++) sum[c]! += factor * of[c]!;
  return sum;
}

export function mean(vectors: readonly Vector[], length: number): Float64Array {
  return combined(
    vectors.map((vector) => [1 / vectors.length, vector] as const),
    length,
  );
}

/** Gram and Schmidt's, modified; what depends on those before it is none. */
export function orthonormal(directions: readonly Vector[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const direction of directions) {
    const size = norm(direction);
    const rest = without(direction, basis);
    const left = norm(rest);
    if (size > 0 && left > 1e-9 * size) basis.push(rest.map((value) => value / left));
  }
  return basis;
}

/** A vector less its parts along an orthonormal basis. */
export function without(vector: Vector, basis: readonly Float64Array[]): Float64Array {
  const rest = Float64Array.from(vector);
  for (const direction of basis) {
    const along = dot(rest, direction);
    for (let c = 0; c < rest.length; c++) rest[c]! -= along * direction[c]!;
  }
  return rest;
}
