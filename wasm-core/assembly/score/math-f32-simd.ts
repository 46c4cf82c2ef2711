import {
  E0,
  E1,
  E2,
  E3,
  E4,
  ERF_END,
  EXP_LEAST,
  EXP_MOST,
  functionScalar,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
  P0,
  P1,
  P2,
  P3,
  P4,
  P5,
  P6,
  Q0,
  Q1,
  Q2,
  Q3,
  Q4,
  Q5,
  Q6,
  Q7,
  Q8,
  T0,
  T1,
  T2,
  T3,
  T4,
  TANH_SPLIT,
} from './math-f32-scalar';

// Four values at once; every lane computes what the scalar twin does. NaN stays NaN.

function step(p: v128, z: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(p, z), f32x4.splat(c));
}

export function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2_E)));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = step(f32x4.splat(E4), r, E3);
  p = step(p, r, E2);
  p = step(p, r, E1);
  p = step(p, r, E0);
  const one = f32x4.splat(1);
  const value = f32x4.add(one, f32x4.add(r, f32x4.mul(f32x4.mul(r, r), p)));
  const k = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(128)), i32x4.splat(-150));
  const half = i32x4.shr_s(k, 1);
  const bias = i32x4.splat(127);
  const first = i32x4.shl(i32x4.add(half, bias), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(k, half), bias), 23);
  const scaled = f32x4.mul(f32x4.mul(value, first), second);
  const finite = v128.bitselect(f32x4.splat(Infinity), scaled, f32x4.gt(x, f32x4.splat(EXP_MOST)));
  return v128.andnot(finite, f32x4.lt(x, f32x4.splat(EXP_LEAST)));
}

const SIGN: i32 = i32.MIN_VALUE;

export function tanh4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = step(f32x4.splat(T4), z, T3);
  p = step(p, z, T2);
  p = step(p, z, T1);
  p = step(p, z, T0);
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(x, z), p));
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(size, size)), one)));
  const signed = v128.bitselect(x, far, i32x4.splat(SIGN));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(TANH_SPLIT)));
}

export function erf4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = step(f32x4.splat(P6), z, P5);
  p = step(p, z, P4);
  p = step(p, z, P3);
  p = step(p, z, P2);
  p = step(p, z, P1);
  p = step(p, z, P0);
  const size = f32x4.abs(x);
  const end = f32x4.splat(ERF_END);
  const t = v128.bitselect(end, size, f32x4.gt(size, end));
  let q = step(f32x4.splat(Q8), t, Q7);
  q = step(q, t, Q6);
  q = step(q, t, Q5);
  q = step(q, t, Q4);
  q = step(q, t, Q3);
  q = step(q, t, Q2);
  q = step(q, t, Q1);
  q = step(q, t, Q0);
  const one = f32x4.splat(1);
  const far = v128.bitselect(x, f32x4.sub(one, exp4(q)), i32x4.splat(SIGN));
  return v128.bitselect(f32x4.add(x, f32x4.mul(x, p)), far, f32x4.lt(size, one));
}

/** SIMD twin of functionScalar. */
export function functionSimd(which: u32, from: usize, out: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    const x = v128.load(from + o);
    v128.store(out + o, which == 0 ? exp4(x) : which == 1 ? tanh4(x) : erf4(x));
  }
  const o = (<usize>i) << 2;
  functionScalar(which, from + o, out + o, n - i);
}
