// The floor of small numbers: |v| < 2^-51 counts as +0 where f32 enter the core and in what every layer, step and rule
// hands on. So factors are 0 or at least 2^-51, their f32 products 0 or at least 2^-102, and all of these, and therefore
// their sums, are multiples of 2^-125: nothing is ever subnormal (below 2^-126), which processors take a hundred cycles for.
// docs/reference/wasm-numerics.md has the proof, layer by layer. NaN stays NaN, −0 becomes +0.

/** 2^-51. */
export const FAINT: f32 = 4.440892098500626e-16;

export function kept(x: f32): f32 {
  return abs<f32>(x) < FAINT ? <f32>0 : x;
}

export function keptF64(x: f64): f64 {
  return abs<f64>(x) < <f64>FAINT ? 0 : x;
}

// Loaded, as engines make a vector constant anew wherever it is used, which takes longer than to use it: the least f32 that is
// kept and the bits of a magnitude, then both of f64.
const VECTORS = memory.data<u64>([0x7fffffff26000000, 0x3cc0000000000000, 0x7fffffffffffffff]);

export function least4(): v128 {
  return v128.load32_splat(VECTORS);
}

export function magnitudeBits(): v128 {
  return v128.load32_splat(VECTORS, 4);
}

export function kept4(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(v128.and(x, magnitudeBits()), least4()));
}

/** kept4 of what is not negative. */
export function keptPositive4(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(x, least4()));
}

/** keptF64 of two f64. */
export function kept2(x: v128): v128 {
  return v128.andnot(x, f64x2.lt(v128.and(x, v128.load64_splat(VECTORS, 16)), v128.load64_splat(VECTORS, 8)));
}
