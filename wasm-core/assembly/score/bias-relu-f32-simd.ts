// Activations are f32[features][ld]: one row per output, one column per sample; ld is a multiple of 8.

/** values[o][·] += bias[o]. */
export function addBiasSimd(values: usize, bias: usize, outputs: u32, ld: u32): void {
  for (let o: u32 = 0; o < outputs; ++o) {
    const b = v128.load32_splat(bias + ((<usize>o) << 2));
    const end = values + ((<usize>ld) << 2);
    for (; values < end; values += 16) v128.store(values, f32x4.add(v128.load(values), b));
  }
}

/** In place: x > 0 ? x : +0 (so −0 and NaN become +0 on every machine). n is a multiple of 4. */
export function reluSimd(values: usize, n: u32): void {
  const zero = f32x4.splat(0);
  const end = values + ((<usize>n) << 2);
  for (; values < end; values += 16) v128.store(values, f32x4.pmax(zero, v128.load(values)));
}
