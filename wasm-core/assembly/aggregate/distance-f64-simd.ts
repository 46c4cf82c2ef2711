import { rowAt } from '../memory';
import { BLOCK } from './blocks';

// sums[k] += ‖a − b‖² over columns [from, to), for pairs k of rows (u32 a, u32 b); sums: f64[count], blocks as in
// blocks.ts. All in f64, where the square of any difference of f32 is finite. It serves the pairs so close that their
// distance would drown in the rounding of the Gram matrix (geometry.ts).

export function squaredDistancesSimd(rows: usize, pairs: usize, count: u32, from: u32, to: u32, sums: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    for (let k: u32 = 0; k < count; ++k) {
      const a = rowAt(rows, load<u32>(pairs + ((<usize>k) << 3)));
      const b = rowAt(rows, load<u32>(pairs + ((<usize>k) << 3), 4));
      const at = sums + ((<usize>k) << 3);
      store<f64>(at, load<f64>(at) + squaredDistance(a, b, start, stop));
    }
  }
}

function squaredDistance(a: usize, b: usize, start: u32, stop: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let c = (<usize>start) << 2;
  const end = c + ((<usize>((stop - start) & ~3)) << 2);
  for (; c < end; c += 16) {
    const x = gap(a + c, b + c);
    const y = gap(a + c + 8, b + c + 8);
    low = f64x2.add(low, f64x2.mul(x, x));
    high = f64x2.add(high, f64x2.mul(y, y));
  }
  let s0 = f64x2.extract_lane(low, 0);
  let s1 = f64x2.extract_lane(low, 1);
  let s2 = f64x2.extract_lane(high, 0);
  const s3 = f64x2.extract_lane(high, 1);
  const left = (stop - start) & 3;
  if (left > 0) s0 += square(a + c, b + c);
  if (left > 1) s1 += square(a + c + 4, b + c + 4);
  if (left > 2) s2 += square(a + c + 8, b + c + 8);
  return s0 + s2 + (s1 + s3);
}

function gap(a: usize, b: usize): v128 {
  return f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(a)), f64x2.promote_low_f32x4(v128.load64_zero(b)));
}

function square(a: usize, b: usize): f64 {
  const x = <f64>load<f32>(a) - <f64>load<f32>(b);
  return x * x;
}
