import { kept, kept4 } from '../vector/faint';

/**
 * Gradient of p = softmax(s x):  out = p · (δ − Σ p δ) · s, f32[n]; out may be delta. Sum: four partial sums (index
 * mod 4), merged (s0 + s2) + (s1 + s3), then the last n mod 4. The difference and `out` without what is below the floor.
 */
export function softmaxBackwardSimd(p: usize, delta: usize, out: usize, n: u32, scale: f32): void {
  const whole = ((<usize>n) & ~3) << 2;
  const end = (<usize>n) << 2;
  let sums = f32x4.splat(0);
  for (let o: usize = 0; o < whole; o += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(p + o), v128.load(delta + o)));
  }
  sums = f32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  let sum: f32 = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
  for (let o = whole; o < end; o += 4) sum += load<f32>(p + o) * load<f32>(delta + o);
  const m = f32x4.splat(sum);
  const s = f32x4.splat(scale);
  for (let o: usize = 0; o < whole; o += 16) {
    v128.store(out + o, kept4(f32x4.mul(f32x4.mul(v128.load(p + o), kept4(f32x4.sub(v128.load(delta + o), m))), s)));
  }
  for (let o = whole; o < end; o += 4) {
    store<f32>(out + o, kept(load<f32>(p + o) * kept(load<f32>(delta + o) - sum) * scale));
  }
}
