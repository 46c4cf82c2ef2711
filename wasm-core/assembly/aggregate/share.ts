import { FAINT } from '../vector/faint';

// Shares p_i are f64 and are rounded to f32 once, for f32 products p_i · x_i. A share below 2^-51 (an enormous update that a
// rule clips) is split, p = rest · 2^e with 1 ≤ rest < 2: x is multiplied by 2^e first, and what that leaves below the floor
// (vector/faint.ts) is 0; of a share below 2^-178 that is everything. So no product is subnormal, and none loses bits.

export const FLT_MAX: f32 = 3.4028234663852886e38;
/** 2^-178. */
const LEAST_SHARE: f64 = 2.6101217871994098e-54;

export function isTiny(share: f64): bool {
  return abs(share) < <f64>FAINT && share != 0;
}

/** A share, or 0 where it leaves nothing of any f32. */
export function keptShare(share: f64): f64 {
  return abs(share) < LEAST_SHARE ? 0 : share;
}

/** e of a tiny share, at least −178. */
export function exponentOf(share: f64): i32 {
  return max<i32>(-178, ((<i32>(reinterpret<u64>(share) >> 52)) & 0x7ff) - 1023);
}

/** share · 2^−e as f32; 0 where the share is. */
export function restOf(share: f64, e: i32): f32 {
  return <f32>(keptShare(share) * reinterpret<f64>((<u64>(1023 - e)) << 52));
}

/** Values below it are below the floor once multiplied by 2^e. */
export function leastFor(e: i32): f32 {
  return reinterpret<f32>((127 - 51 - e) << 23);
}

/** 2^e in two factors, as f32 ends at 2^-126. */
export function firstPower(e: i32): f32 {
  return e < -126 ? reinterpret<f32>((127 - 64) << 23) : <f32>1;
}

export function secondPower(e: i32): f32 {
  return reinterpret<f32>((e < -126 ? e + 64 + 127 : e + 127) << 23);
}

/** In place: weights f64[n] (host has checked: finite, ≥ 0, Σ > 0) become shares w_i / Σ w, summed in index order. */
export function normaliseShares(weights: usize, n: u32): void {
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; ++i) total += load<f64>(weights + ((<usize>i) << 3));
  for (let i: u32 = 0; i < n; ++i) {
    const at = weights + ((<usize>i) << 3);
    store<f64>(at, keptShare(load<f64>(at) / total));
  }
}
