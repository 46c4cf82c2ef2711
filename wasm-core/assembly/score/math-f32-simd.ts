import { FAINT } from '../vector/faint';
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

// Four values at once; every lane computes what the scalar twin does. NaN stays NaN. Constants are loaded where they are
// used, as vector/faint.ts explains: a tenth of GELU's time.

const EXP = memory.data<f32>([E4, E3, E2, E1, E0]);
const TANH = memory.data<f32>([T4, T3, T2, T1, T0]);
const ERF = memory.data<f32>([P6, P5, P4, P3, P2, P1, P0]);
const ERFC_LOG = memory.data<f32>([Q8, Q7, Q6, Q5, Q4, Q3, Q2, Q1, Q0]);
const REDUCTION = memory.data<f32>([LOG2_E, LN2_HIGH, LN2_LOW]);
const EXP_RANGE = memory.data<f32>([EXP_LEAST, EXP_MOST, Infinity]);
const EXPONENTS = memory.data<i32>([-150, 128, 127]);
const SPLITS = memory.data<f32>([TANH_SPLIT, ERF_END, FAINT]);
const WHOLE = memory.data<f32>([1, 2]);
const SIGN = memory.data<u32>([0x80000000]);

function at(table: usize, place: usize): v128 {
  return v128.load32_splat(table + (place << 2));
}

/** One step of Horner's rule, with the coefficient of that place. */
function step(p: v128, z: v128, table: usize, place: usize): v128 {
  return f32x4.add(f32x4.mul(p, z), at(table, place));
}

export function one4(): v128 {
  return at(WHOLE, 0);
}

export function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, at(REDUCTION, 0)));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, at(REDUCTION, 1))), f32x4.mul(n, at(REDUCTION, 2)));
  let p = step(at(EXP, 0), r, EXP, 1);
  p = step(p, r, EXP, 2);
  p = step(p, r, EXP, 3);
  p = step(p, r, EXP, 4);
  const value = f32x4.add(one4(), f32x4.add(r, f32x4.mul(f32x4.mul(r, r), p)));
  const k = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f32x4_s(n), at(EXPONENTS, 1)), at(EXPONENTS, 0));
  const half = i32x4.shr_s(k, 1);
  const bias = at(EXPONENTS, 2);
  const first = i32x4.shl(i32x4.add(half, bias), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(k, half), bias), 23);
  const scaled = f32x4.mul(f32x4.mul(value, first), second);
  const finite = v128.bitselect(at(EXP_RANGE, 2), scaled, f32x4.gt(x, at(EXP_RANGE, 1)));
  return v128.andnot(finite, f32x4.lt(x, at(EXP_RANGE, 0)));
}

/** As `square` of the twin: NaN stays. */
export function square4(x: v128): v128 {
  return f32x4.pmax(f32x4.mul(x, x), at(SPLITS, 2));
}

export function tanh4(x: v128): v128 {
  const z = square4(x);
  let p = step(at(TANH, 0), z, TANH, 1);
  p = step(p, z, TANH, 2);
  p = step(p, z, TANH, 3);
  p = step(p, z, TANH, 4);
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(x, z), p));
  const size = v128.andnot(x, at(SIGN, 0));
  const one = one4();
  const far = f32x4.sub(one, f32x4.div(at(WHOLE, 1), f32x4.add(exp4(f32x4.add(size, size)), one)));
  const signed = v128.bitselect(x, far, at(SIGN, 0));
  return v128.bitselect(near, signed, f32x4.lt(size, at(SPLITS, 0)));
}

export function erf4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = step(at(ERF, 0), z, ERF, 1);
  p = step(p, z, ERF, 2);
  p = step(p, z, ERF, 3);
  p = step(p, z, ERF, 4);
  p = step(p, z, ERF, 5);
  p = step(p, z, ERF, 6);
  const size = v128.andnot(x, at(SIGN, 0));
  const end = at(SPLITS, 1);
  const t = v128.bitselect(end, size, f32x4.gt(size, end));
  let q = step(at(ERFC_LOG, 0), t, ERFC_LOG, 1);
  q = step(q, t, ERFC_LOG, 2);
  q = step(q, t, ERFC_LOG, 3);
  q = step(q, t, ERFC_LOG, 4);
  q = step(q, t, ERFC_LOG, 5);
  q = step(q, t, ERFC_LOG, 6);
  q = step(q, t, ERFC_LOG, 7);
  q = step(q, t, ERFC_LOG, 8);
  const one = one4();
  const far = v128.bitselect(x, f32x4.sub(one, exp4(q)), at(SIGN, 0));
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
