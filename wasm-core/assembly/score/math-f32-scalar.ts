// e^x, tanh and erf in f32: +, −, ×, ÷, comparisons and bit operations only. Scalar twins of math-f32-simd.ts.
// Largest errors over all f32, by `node wasm-core/bench/accuracy.ts`: see docs/reference/wasm-numerics.md.

import { FAINT } from '../vector/faint';

export const LOG2_E: f32 = 1.4426950408889634;
/** ln 2 in two parts; k · LN2_HIGH is exact for |k| < 2^15. */
export const LN2_HIGH: f32 = 0.693359375;
export const LN2_LOW: f32 = -2.12194440054690583e-4;
/** Beyond these e^x is infinite, or below the floor (faint.ts), and 0. */
export const EXP_MOST: f32 = 88.72283935546875;
export const EXP_LEAST: f32 = -35.35050582885742;
// e^r = 1 + r + r² P(r), |r| ≤ ln 2 / 2: Chebyshev fit of ours, relative error 8e-9.
export const E0: f32 = 0.5;
export const E1: f32 = 0.166665770256;
export const E2: f32 = 0.0416665546621;
export const E3: f32 = 0.00836317307451;
export const E4: f32 = 0.00139261761199;
/** Below it tanh x = x + x³ P(x²) (fit of ours, 2e-8), above 1 − 2/(e^2x + 1). */
export const TANH_SPLIT: f32 = 0.625;
export const T0: f32 = -0.333333284333;
export const T1: f32 = 0.133327188456;
export const T2: f32 = -0.0538432631737;
export const T3: f32 = 0.0209613291032;
export const T4: f32 = -0.00604516509063;
// |x| < 1: erf x = x + x P(x²), 1.2e-9; 1 ≤ |x| < 4: 1 − e^Q(x), Q fits ln erfc with 1.7e-8; beyond, 1.
export const ERF_END: f32 = 4;
export const P0: f32 = 0.12837916585;
export const P1: f32 = -0.376126266667;
export const P2: f32 = 0.112835947152;
export const P3: f32 = -0.0268542120105;
export const P4: f32 = 0.00518908742329;
export const P5: f32 = -0.000801686428603;
export const P6: f32 = 7.87587505921e-5;
export const Q0: f32 = 0.000320138049678;
export const Q1: f32 = -1.13023343484;
export const Q2: f32 = -0.631826051559;
export const Q3: f32 = -0.110080082949;
export const Q4: f32 = 0.0264211360057;
export const Q5: f32 = -0.00475959629327;
export const Q6: f32 = 0.000596805625661;
export const Q7: f32 = -4.60580426892e-5;
export const Q8: f32 = 1.63715141459e-6;

/** x = k ln 2 + r; 2^k in two factors, as it leaves the range of f32 at its upper end. */
export function expF32(x: f32): f32 {
  const n = nearest<f32>(x * LOG2_E);
  const r: f32 = x - n * LN2_HIGH - n * LN2_LOW;
  let p: f32 = E4;
  p = p * r + E3;
  p = p * r + E2;
  p = p * r + E1;
  p = p * r + E0;
  const value: f32 = <f32>1 + (r + r * r * p);
  const k: i32 = n > 128 ? 128 : n < -150 ? -150 : n == n ? <i32>n : 0;
  const half = k >> 1;
  const scaled: f32 = value * reinterpret<f32>((half + 127) << 23) * reinterpret<f32>((k - half + 127) << 23);
  return x > EXP_MOST ? <f32>Infinity : x < EXP_LEAST ? <f32>0 : scaled;
}

export function tanhF32(x: f32): f32 {
  const z = square(x);
  let p: f32 = T4;
  p = p * z + T3;
  p = p * z + T2;
  p = p * z + T1;
  p = p * z + T0;
  const near: f32 = x + x * z * p;
  const size = abs(x);
  const far: f32 = <f32>1 - <f32>2 / (expF32(size + size) + <f32>1);
  return size < TANH_SPLIT ? near : copysign<f32>(far, x);
}

/** x², at least 2^-51: of smaller ones 1 + x² is 1, and their products with x are below all that is kept. */
export function square(x: f32): f32 {
  const z: f32 = x * x;
  return z < FAINT ? FAINT : z;
}

export function erfF32(x: f32): f32 {
  const z: f32 = x * x;
  let p: f32 = P6;
  p = p * z + P5;
  p = p * z + P4;
  p = p * z + P3;
  p = p * z + P2;
  p = p * z + P1;
  p = p * z + P0;
  const size = abs(x);
  const t: f32 = size > ERF_END ? ERF_END : size;
  let q: f32 = Q8;
  q = q * t + Q7;
  q = q * t + Q6;
  q = q * t + Q5;
  q = q * t + Q4;
  q = q * t + Q3;
  q = q * t + Q2;
  q = q * t + Q1;
  q = q * t + Q0;
  const far: f32 = <f32>1 - expF32(q);
  return size < 1 ? x + x * p : copysign<f32>(far, x);
}

/** out = f(from), f32[n]: which 0 e^x, 1 tanh, 2 erf. For tests; networks call the functions. */
export function functionScalar(which: u32, from: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    const x = load<f32>(from + o);
    store<f32>(out + o, which == 0 ? expF32(x) : which == 1 ? tanhF32(x) : erfF32(x));
  }
}
