import { rowAt } from '../memory';
import { BLOCK } from './blocks';

/** Scalar twin of rowProductsSimd: the same four partial sums (column mod 4) and merge order. */
export function rowProductsScalar(
  rows: usize,
  n: u32,
  others: usize,
  k: u32,
  squares: bool,
  from: u32,
  to: u32,
  sums: usize,
): void {
  const width = k + <u32>squares;
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    const end = start + ((stop - start) & ~3);
    for (let i: u32 = 0; i < n; ++i) {
      for (let j: u32 = 0; j < width; ++j) {
        const x = rowAt(rows, i);
        const y = j < k ? rowAt(others, j) : 0;
        let s0: f64 = 0;
        let s1: f64 = 0;
        let s2: f64 = 0;
        let s3: f64 = 0;
        for (let c = start; c < end; c += 4) {
          s0 += term(x, y, c);
          s1 += term(x, y, c + 1);
          s2 += term(x, y, c + 2);
          s3 += term(x, y, c + 3);
        }
        const at = sums + ((<usize>(i * width + j)) << 3);
        store<f64>(at, load<f64>(at) + rowProductTail(x, y, end, stop, s0, s1, s2, s3));
      }
    }
  }
}

/** The last 0 to 3 columns of a block, then the merge. */
export function rowProductTail(x: usize, y: usize, c: u32, stop: u32, s0: f64, s1: f64, s2: f64, s3: f64): f64 {
  if (c < stop) s0 += term(x, y, c);
  if (c + 1 < stop) s1 += term(x, y, c + 1);
  if (c + 2 < stop) s2 += term(x, y, c + 2);
  return s0 + s2 + (s1 + s3);
}

/** x[c] · y[c], or x[c]² where there is no y. */
function term(x: usize, y: usize, c: u32): f64 {
  const a = <f64>load<f32>(x + ((<usize>c) << 2));
  return a * (y ? load<f64>(y + ((<usize>c) << 3)) : a);
}
