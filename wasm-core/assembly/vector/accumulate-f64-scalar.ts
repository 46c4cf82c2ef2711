/** into f64[n] += values f32[n] · weight, one rounding of the product and one of the sum. */
export function accumulateScalar(into: usize, values: usize, n: u32, weight: f64): void {
  for (let i: u32 = 0; i < n; ++i) {
    const at = into + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) + <f64>load<f32>(values + ((<usize>i) << 2)) * weight);
  }
}

/** √x, correctly rounded: hosts promise that of their own no better than approximately. */
export function squareRoot(x: f64): f64 {
  return sqrt(x);
}
