import { kept } from '../vector/faint';

/** Scalar twin of softmaxBackwardSimd. */
export function softmaxBackwardScalar(p: usize, delta: usize, out: usize, n: u32, scale: f32): void {
  const whole = ((<usize>n) & ~3) << 2;
  const end = (<usize>n) << 2;
  let s0: f32 = 0;
  let s1: f32 = 0;
  let s2: f32 = 0;
  let s3: f32 = 0;
  for (let o: usize = 0; o < whole; o += 16) {
    s0 += load<f32>(p + o) * load<f32>(delta + o);
    s1 += load<f32>(p + o, 4) * load<f32>(delta + o, 4);
    s2 += load<f32>(p + o, 8) * load<f32>(delta + o, 8);
    s3 += load<f32>(p + o, 12) * load<f32>(delta + o, 12);
  }
  let sum: f32 = s0 + s2 + (s1 + s3);
  for (let o = whole; o < end; o += 4) sum += load<f32>(p + o) * load<f32>(delta + o);
  for (let o: usize = 0; o < end; o += 4) {
    store<f32>(out + o, kept(load<f32>(p + o) * kept(load<f32>(delta + o) - sum) * scale));
  }
}
