// FedAdam, FedYogi: Reddi et al., "Adaptive Federated Optimization", ICLR 2021, Algorithm 2 (no bias correction).
//   m ← β₁ m + (1 − β₁) Δ
//   FedAdam: v ← β₂ v + (1 − β₂) Δ²        FedYogi: v ← v − (1 − β₂) Δ² sign(v − Δ²)
//   x ← x + η m / (√v + τ)                  m = v = 0 before the first round
// Elementwise in f64: x, m, v are f64[d]; delta f32[d] is one round's aggregated update.

/** One round in place. yogi: 0 FedAdam, 1 FedYogi. */
export function adaptiveStep(
  x: usize,
  m: usize,
  v: usize,
  delta: usize,
  d: u32,
  yogi: u32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  tau: f64,
): void {
  for (let c: u32 = 0; c < d; ++c) {
    const at = (<usize>c) << 3;
    const g = <f64>load<f32>(delta + ((<usize>c) << 2));
    const square = g * g;
    const first = beta1 * load<f64>(m + at) + (1.0 - beta1) * g;
    let second = load<f64>(v + at);
    if (yogi) second -= second > square ? (1.0 - beta2) * square : second < square ? -((1.0 - beta2) * square) : 0.0;
    else second = beta2 * second + (1.0 - beta2) * square;
    store<f64>(m + at, first);
    store<f64>(v + at, second);
    store<f64>(x + at, load<f64>(x + at) + (rate * first) / (sqrt(second) + tau));
  }
}

export function widen(from: usize, to: usize, n: u32): void {
  for (let c: u32 = 0; c < n; ++c) store<f64>(to + ((<usize>c) << 3), <f64>load<f32>(from + ((<usize>c) << 2)));
}

export function narrow(from: usize, to: usize, n: u32): void {
  for (let c: u32 = 0; c < n; ++c) {
    store<f32>(to + ((<usize>c) << 2), <f32>load<f64>(from + ((<usize>c) << 3)) + <f32>0);
  }
}
