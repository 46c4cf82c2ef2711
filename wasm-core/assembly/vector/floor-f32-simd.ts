import { least4, magnitudeBits } from './faint';
import { floorScalar } from './floor-f32-scalar';

/** Bytes that are looked at, and if need be written, at a time: they stay in the first-level cache. */
const BLOCK: usize = 4096;

/**
 * n f32 at `values`, those below the floor (faint.ts) as +0, in place. Gives the bits of the largest |value|; 0x7f800000 or
 * more when one is infinite or NaN, as magnitudes order as integers. Ordinary values are only read.
 */
export function floorSimd(values: usize, n: u32): u32 {
  const mask = magnitudeBits();
  const least = least4();
  let most = i32x4.splat(0);
  const end = values + (((<usize>n) & ~3) << 2);
  for (let block = values; block < end; block += BLOCK) {
    const stop = min(end, block + BLOCK);
    let faint = i32x4.splat(0);
    let at = block;
    for (; at + 32 <= stop; at += 32) {
      const value = v128.load(at);
      const next = v128.load(at, 16);
      const magnitude = v128.and(value, mask);
      const nextMagnitude = v128.and(next, mask);
      most = i32x4.max_u(most, i32x4.max_u(magnitude, nextMagnitude));
      faint = v128.or(faint, v128.and(value, f32x4.lt(magnitude, least)));
      faint = v128.or(faint, v128.and(next, f32x4.lt(nextMagnitude, least)));
    }
    if (at < stop) {
      const value = v128.load(at);
      const magnitude = v128.and(value, mask);
      most = i32x4.max_u(most, magnitude);
      faint = v128.or(faint, v128.and(value, f32x4.lt(magnitude, least)));
    }
    if (!v128.any_true(faint)) continue;
    for (at = block; at < stop; at += 16) {
      const value = v128.load(at);
      v128.store(at, v128.andnot(value, f32x4.lt(v128.and(value, mask), least)));
    }
  }
  // What is below the floor counts as 0 here too.
  most = v128.andnot(most, f32x4.lt(most, least));
  const low = max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1));
  const high = max(<u32>i32x4.extract_lane(most, 2), <u32>i32x4.extract_lane(most, 3));
  return max(max(low, high), floorScalar(end, n & 3));
}
