import { FAINT, kept, kept4, keptPositive4 } from '../vector/faint';
import { expF32 } from './math-f32-scalar';
import { exp4 } from './math-f32-simd';
import { least } from './softmax-f32-scalar';

/**
 * out_i = e^(s x_i − max) / Σ, f32[n], without what is below the floor, as x is taken too; out may be from. Sum: four
 * partial sums (index mod 4), merged (s0 + s2) + (s1 + s3), then the last n mod 4; one reciprocal. s ≥ 2^-8.
 *
 * Exponents are at most −2^-51, of which e^x is 1 as of 0: their squares, which exp4 makes, are at least 2^-102.
 */
export function softmaxRowSimd(from: usize, out: usize, n: u32, scale: f32): void {
  const whole = ((<usize>n) & ~3) << 2;
  const end = (<usize>n) << 2;
  const s = f32x4.splat(scale);
  let top = f32x4.splat(-Infinity);
  // pmax keeps the first where the second is NaN, as the twin's comparison does.
  for (let o: usize = 0; o < whole; o += 16) {
    const x = f32x4.mul(kept4(v128.load(from + o)), s);
    v128.store(out + o, x);
    top = f32x4.pmax(top, x);
  }
  top = f32x4.pmax(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1));
  top = f32x4.pmax(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2));
  let most = f32x4.extract_lane(top, 0);
  for (let o = whole; o < end; o += 4) {
    const x: f32 = kept(load<f32>(from + o)) * scale;
    store<f32>(out + o, x);
    most = x > most ? x : most;
  }
  const m = f32x4.splat(most);
  let sums = f32x4.splat(0);
  const near = f32x4.splat(-FAINT);
  for (let o: usize = 0; o < whole; o += 16) {
    const e = exp4(f32x4.pmin(f32x4.sub(v128.load(out + o), m), near));
    sums = f32x4.add(sums, e);
    v128.store(out + o, e);
  }
  sums = f32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  let sum: f32 = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
  for (let o = whole; o < end; o += 4) {
    const e = expF32(least(load<f32>(out + o) - most));
    sum += e;
    store<f32>(out + o, e);
  }
  const share: f32 = <f32>1 / sum;
  const q = f32x4.splat(share);
  for (let o: usize = 0; o < whole; o += 16) {
    v128.store(out + o, keptPositive4(f32x4.mul(v128.load(out + o), q)));
  }
  for (let o = whole; o < end; o += 4) store<f32>(out + o, kept(load<f32>(out + o) * share));
}
