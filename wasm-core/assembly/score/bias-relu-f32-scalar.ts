/** Scalar twin of addBiasSimd. */
export function addBiasScalar(values: usize, bias: usize, outputs: u32, ld: u32): void {
  for (let o: u32 = 0; o < outputs; ++o) {
    const b = load<f32>(bias + ((<usize>o) << 2));
    for (let i: u32 = 0; i < ld; ++i) {
      store<f32>(values, load<f32>(values) + b);
      values += 4;
    }
  }
}

/** Scalar twin of reluSimd. */
export function reluScalar(values: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const at = values + ((<usize>i) << 2);
    const x = load<f32>(at);
    store<f32>(at, x > 0 ? x : <f32>0);
  }
}
