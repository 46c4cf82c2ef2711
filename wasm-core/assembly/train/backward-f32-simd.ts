/** ReLU's gradient in place: delta = activation > 0 ? delta : +0. f32[n], n a multiple of 4. */
export function reluBackwardSimd(delta: usize, activation: usize, n: u32): void {
  const zero = f32x4.splat(0);
  for (let o: usize = 0, end = (<usize>n) << 2; o < end; o += 16) {
    v128.store(delta + o, v128.and(v128.load(delta + o), f32x4.gt(v128.load(activation + o), zero)));
  }
}

/** out[r] = Σ_c values[r][c]: four partial sums (column mod 4), merged (s0 + s2) + (s1 + s3). ld a multiple of 4. */
export function rowSumsSimd(values: usize, rows: u32, ld: u32, out: usize): void {
  for (let r: u32 = 0; r < rows; ++r) {
    let sum = f32x4.splat(0);
    const end = values + ((<usize>ld) << 2);
    for (; values < end; values += 16) sum = f32x4.add(sum, v128.load(values));
    sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
    store<f32>(out + ((<usize>r) << 2), f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1));
  }
}
