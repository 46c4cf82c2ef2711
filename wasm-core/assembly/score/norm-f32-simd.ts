// Layer norm: Ba, Kiros, Hinton, 2016: y = (x − mean) / √(variance + ε) · weight + bias, over the width of a row.
// RMS norm: Zhang, Sennrich, 2019: y = x / √(mean of x² + ε) · weight.
// Statistics in f64 in a fixed order, x̂ rounded once to f32; x̂ and y without what is below the floor.

import { kept, kept2, kept4, keptF64 } from '../vector/faint';

function sum4(low: v128, high: v128): f64 {
  const s = f64x2.add(low, high);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 0, 1));
}

export function meanSimd(from: usize, n: u32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const whole = from + (((<usize>n) & ~3) << 2);
  const end = from + ((<usize>n) << 2);
  let at = from;
  for (; at < whole; at += 16) {
    const x = v128.load(at);
    a = f64x2.add(a, low(x));
    b = f64x2.add(b, high(x));
  }
  let sum = sum4(a, b);
  for (; at < end; at += 4) sum += <f64>load<f32>(at);
  return sum / <f64>n;
}

export function spreadSimd(from: usize, n: u32, centre: f64): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const c = f64x2.splat(centre);
  const whole = from + (((<usize>n) & ~3) << 2);
  const end = from + ((<usize>n) << 2);
  let at = from;
  for (; at < whole; at += 16) {
    const x = v128.load(at);
    const p = f64x2.sub(low(x), c);
    const q = f64x2.sub(high(x), c);
    a = f64x2.add(a, f64x2.mul(p, p));
    b = f64x2.add(b, f64x2.mul(q, q));
  }
  let sum = sum4(a, b);
  for (; at < end; at += 4) {
    const x = <f64>load<f32>(at) - centre;
    sum += x * x;
  }
  return sum / <f64>n;
}

/** f32[rows][width]; out may be from; bias 0: none. */
export function normaliseRowsSimd(
  from: usize,
  out: usize,
  rows: u32,
  width: u32,
  centred: u32,
  epsilon: f64,
  weight: usize,
  bias: usize,
): void {
  const whole = ((<usize>width) & ~3) << 2;
  const all = (<usize>width) << 2;
  for (let r: u32 = 0; r < rows; ++r) {
    const centre = centred ? meanSimd(from, width) : 0;
    const inverse = 1.0 / sqrt(spreadSimd(from, width, centre) + epsilon);
    const c = f64x2.splat(centre);
    const s = f64x2.splat(inverse);
    for (let o: usize = 0; o < whole; o += 16) {
      const x = v128.load(from + o);
      const p = f32x4.demote_f64x2_zero(kept2(f64x2.mul(f64x2.sub(low(x), c), s)));
      const q = f32x4.demote_f64x2_zero(kept2(f64x2.mul(f64x2.sub(high(x), c), s)));
      let y = f32x4.mul(v128.shuffle<i64>(p, q, 0, 2), v128.load(weight + o));
      if (bias) y = f32x4.add(y, v128.load(bias + o));
      v128.store(out + o, kept4(y));
    }
    for (let o = whole; o < all; o += 4) {
      let y: f32 = <f32>keptF64((<f64>load<f32>(from + o) - centre) * inverse) * load<f32>(weight + o);
      if (bias) y += load<f32>(bias + o);
      store<f32>(out + o, kept(y));
    }
    from += all;
    out += all;
  }
}
