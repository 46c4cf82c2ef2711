import { rowAt } from '../memory';
import { BLOCK } from './blocks';
import { rowProductTail } from './row-products-f64-scalar';

// sums[i][j] += x_i · y_j for j < k, and with `squares` sums[i][k] += x_i · x_i, over columns [from, to); blocks as in
// blocks.ts.
//
// rows: u32[n] pointers to f32 x; others: u32[k] pointers to f64 y; sums: f64[n][k + squares]. All in f64: for |x| < 2^128,
// |y| < 2^512 and 2^30 columns nothing overflows. Inside a block four partial sums (column mod 4) are merged
// (s0 + s2) + (s1 + s3).

export function rowProductsSimd(
  rows: usize,
  n: u32,
  others: usize,
  k: u32,
  squares: bool,
  from: u32,
  to: u32,
  sums: usize,
): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    let at = sums;
    for (let i: u32 = 0; i < n; ++i) {
      const x = rowAt(rows, i);
      let j: u32 = 0;
      for (; j + 2 <= k; j += 2) {
        addTwo(x, rowAt(others, j), rowAt(others, j + 1), start, stop, at);
        at += 16;
      }
      if (j < k) {
        store<f64>(at, load<f64>(at) + product(x, rowAt(others, j), start, stop));
        at += 8;
      }
      if (squares) {
        store<f64>(at, load<f64>(at) + square(x, start, stop));
        at += 8;
      }
    }
  }
}

/** Two products at once: x is widened for both. */
function addTwo(x: usize, y: usize, z: usize, start: u32, stop: u32, at: usize): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let low2 = f64x2.splat(0);
  let high2 = f64x2.splat(0);
  const end = start + ((stop - start) & ~3);
  for (let c = start; c < end; c += 4) {
    const from = x + ((<usize>c) << 2);
    const o = (<usize>c) << 3;
    const a = wide(from);
    const b = wide(from + 8);
    low = f64x2.add(low, f64x2.mul(a, v128.load(y + o)));
    high = f64x2.add(high, f64x2.mul(b, v128.load(y + o, 16)));
    low2 = f64x2.add(low2, f64x2.mul(a, v128.load(z + o)));
    high2 = f64x2.add(high2, f64x2.mul(b, v128.load(z + o, 16)));
  }
  store<f64>(at, load<f64>(at) + merged(low, high, x, y, end, stop));
  store<f64>(at, load<f64>(at, 8) + merged(low2, high2, x, z, end, stop), 8);
}

function product(x: usize, y: usize, start: u32, stop: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = start + ((stop - start) & ~3);
  for (let c = start; c < end; c += 4) {
    const from = x + ((<usize>c) << 2);
    const other = y + ((<usize>c) << 3);
    low = f64x2.add(low, f64x2.mul(wide(from), v128.load(other)));
    high = f64x2.add(high, f64x2.mul(wide(from + 8), v128.load(other, 16)));
  }
  return merged(low, high, x, y, end, stop);
}

function square(x: usize, start: u32, stop: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = start + ((stop - start) & ~3);
  for (let c = start; c < end; c += 4) {
    const a = wide(x + ((<usize>c) << 2));
    const b = wide(x + ((<usize>c) << 2) + 8);
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  return merged(low, high, x, 0, end, stop);
}

function merged(low: v128, high: v128, x: usize, y: usize, end: u32, stop: u32): f64 {
  const s0 = f64x2.extract_lane(low, 0);
  const s1 = f64x2.extract_lane(low, 1);
  return rowProductTail(x, y, end, stop, s0, s1, f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
}

function wide(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}
