import { columnSumsScalar } from './sums-f32-scalar';

/** out[i] = Σ_r values[r][i]: four partial sums (row mod 4), merged (s0 + s2) + (s1 + s3). */
export function columnSumsSimd(values: usize, rows: u32, width: u32, rowBytes: usize, out: usize): void {
  const whole = width & ~3;
  for (let i: u32 = 0; i < whole; i += 4) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    let at = values + ((<usize>i) << 2);
    let r: u32 = 0;
    for (; r + 4 <= rows; r += 4) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at + rowBytes));
      s2 = f32x4.add(s2, v128.load(at + 2 * rowBytes));
      s3 = f32x4.add(s3, v128.load(at + 3 * rowBytes));
      at += 4 * rowBytes;
    }
    if (r < rows) s0 = f32x4.add(s0, v128.load(at));
    if (r + 1 < rows) s1 = f32x4.add(s1, v128.load(at + rowBytes));
    if (r + 2 < rows) s2 = f32x4.add(s2, v128.load(at + 2 * rowBytes));
    v128.store(out + ((<usize>i) << 2), f32x4.add(f32x4.add(s0, s2), f32x4.add(s1, s3)));
  }
  const o = (<usize>whole) << 2;
  columnSumsScalar(values + o, rows, width & 3, rowBytes, out + o);
}

/** Σ f32[n]: four partial sums (index mod 4), merged (s0 + s2) + (s1 + s3), then the last n mod 4. */
export function sumSimd(values: usize, n: u32): f32 {
  let sums = f32x4.splat(0);
  const whole = values + (((<usize>n) & ~3) << 2);
  const end = values + ((<usize>n) << 2);
  for (; values < whole; values += 16) sums = f32x4.add(sums, v128.load(values));
  sums = f32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  let sum: f32 = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
  for (; values < end; values += 4) sum += load<f32>(values);
  return sum;
}
