import { keptShare } from '../aggregate/share';
import { keptF64 } from '../vector/faint';
import { log } from '../score/exp-log';
import { cos, sin } from '../score/sin-cos';
import { chacha20Block } from './chacha20';

// Differential privacy, Gaussian mechanism: clip a vector to L2 norm C, then add N(0, σ²) to each value. Dwork and Roth,
// "The Algorithmic Foundations of Differential Privacy", 2014, appendix A; on model updates: Abadi et al., CCS 2016.
// Normals by Box and Muller, 1958, from 53-bit uniforms: u in (0, 1], t in [0, 1):
//   √(−2 ln u) · (cos 2πt, sin 2πt)
// One ChaCha20 block of 64 bytes gives 8 normals, so any range of columns can be made on its own.

const TWO_PI: f64 = 6.283185307179586;
/** 53 random bits are a number below this. */
const WHOLE: f64 = 9007199254740992.0;

/** Σ x² in f64: four partial sums (column mod 4), merged (s0 + s2) + (s1 + s3), then the rest. */
function squaredNorm(values: usize, n: u32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const at = values + ((<usize>i) << 2);
    const x = f64x2.promote_low_f32x4(v128.load64_zero(at));
    const y = f64x2.promote_low_f32x4(v128.load64_zero(at, 8));
    even = f64x2.add(even, f64x2.mul(x, x));
    odd = f64x2.add(odd, f64x2.mul(y, y));
  }
  const merged = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(merged, 0) + f64x2.extract_lane(merged, 1);
  for (; i < n; ++i) {
    const x = <f64>load<f32>(values + ((<usize>i) << 2));
    sum += x * x;
  }
  return sum;
}

/**
 * In place: values f32[n] scaled down to ‖x‖₂ ≤ clip; returns the norm before. The factor is smaller by 2^-22, so that
 * rounding to f32 does not lift the norm above what the noise was chosen for.
 */
export function clipNorm(values: usize, n: u32, clip: f64): f64 {
  const norm = sqrt(squaredNorm(values, n));
  if (norm <= clip) return norm;
  const factor = keptShare((clip / norm) * (1.0 - 1.0 / 4194304.0));
  for (let i: u32 = 0; i < n; ++i) {
    const at = values + ((<usize>i) << 2);
    store<f32>(at, <f32>keptF64(<f64>load<f32>(at) * factor));
  }
  return norm;
}

/** In place: values f32[n] + σ · normals of this key (u32[8]), one rounding. workspace: 64 bytes. */
export function addGaussian(values: usize, n: u32, sigma: f64, key: usize, workspace: usize): void {
  for (let start: u32 = 0; start < n; start += 8) {
    chacha20Block(key, start >> 3, workspace);
    for (let pair: u32 = 0; pair < 4; ++pair) {
      const from = workspace + ((<usize>pair) << 4);
      const u = <f64>((load<u64>(from) >> 11) + 1) / WHOLE;
      const radius = sigma * sqrt(-2.0 * log(u));
      const angle = TWO_PI * (<f64>(load<u64>(from, 8) >> 11) / WHOLE);
      const column = start + (pair << 1);
      if (column < n) addTo(values + ((<usize>column) << 2), radius * cos(angle));
      if (column + 1 < n) addTo(values + ((<usize>(column + 1)) << 2), radius * sin(angle));
    }
  }
}

function addTo(at: usize, noise: f64): void {
  store<f32>(at, <f32>keptF64(<f64>load<f32>(at) + noise));
}
