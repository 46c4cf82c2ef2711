import { FAINT, kept } from '../vector/faint';
import { expF32 } from './math-f32-scalar';

/** Of an exponent and −2^-51; NaN stays. */
export function least(x: f32): f32 {
  return -FAINT < x ? -FAINT : x;
}

/** Scalar twin of softmaxRowSimd. */
export function softmaxRowScalar(from: usize, out: usize, n: u32, scale: f32): void {
  const whole = ((<usize>n) & ~3) << 2;
  const end = (<usize>n) << 2;
  let most: f32 = -Infinity;
  for (let o: usize = 0; o < end; o += 4) {
    const x: f32 = kept(load<f32>(from + o)) * scale;
    store<f32>(out + o, x);
    most = x > most ? x : most;
  }
  let s0: f32 = 0;
  let s1: f32 = 0;
  let s2: f32 = 0;
  let s3: f32 = 0;
  for (let o: usize = 0; o < end; o += 4) store<f32>(out + o, expF32(least(load<f32>(out + o) - most)));
  for (let o: usize = 0; o < whole; o += 16) {
    s0 += load<f32>(out + o);
    s1 += load<f32>(out + o, 4);
    s2 += load<f32>(out + o, 8);
    s3 += load<f32>(out + o, 12);
  }
  let sum: f32 = s0 + s2 + (s1 + s3);
  for (let o = whole; o < end; o += 4) sum += load<f32>(out + o);
  const share: f32 = <f32>1 / sum;
  for (let o: usize = 0; o < end; o += 4) store<f32>(out + o, kept(load<f32>(out + o) * share));
}
