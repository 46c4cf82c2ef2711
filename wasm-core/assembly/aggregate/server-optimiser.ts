// The server's optimisers over rounds, elementwise in f64: x, m, v are f64[d], delta f32[d] is a round's aggregated update.
//   FedAvgM: Hsu, Qi, Brown, "Measuring the Effects of Non-Identical Data Distribution for Federated Visual
//     Classification", 2019:                  m ← β₁ m + Δ;            x ← x + η m
//   FedAdagrad, FedAdam, FedYogi: Reddi et al., "Adaptive Federated Optimization", ICLR 2021, Algorithm 2 (no bias
//     correction):                            m ← β₁ m + (1 − β₁) Δ;   x ← x + η m / (√v + τ)
//     FedAdagrad v ← v + Δ²;   FedAdam v ← β₂ v + (1 − β₂) Δ²;   FedYogi v ← v − (1 − β₂) Δ² sign(v − Δ²)
// Factors below 2^-51 count as 0 (vector/faint.ts), and moments below 2^-200, so that f64 products stay normal.
// m = v = 0 before the first round. They tolerate what the rule that made Δ tolerates.

import { keptF64 } from '../vector/faint';

/** 2^-200. */
const LEAST_MOMENT: f64 = 6.223015277861142e-61;

function keptMoment(x: f64): f64 {
  return abs(x) < LEAST_MOMENT ? 0 : x;
}

const FEDAVGM: u32 = 0;
const FEDADAGRAD: u32 = 1;
const FEDADAM: u32 = 2;

/** One round in place, columns [from, to). kind: 0 FedAvgM, 1 FedAdagrad, 2 FedAdam, 3 FedYogi. */
export function serverStep(
  x: usize,
  m: usize,
  v: usize,
  delta: usize,
  from: u32,
  to: u32,
  kind: u32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  tau: f64,
): void {
  rate = keptF64(rate);
  beta1 = keptF64(beta1);
  beta2 = keptF64(beta2);
  for (let c = from; c < to; ++c) {
    const at = (<usize>c) << 3;
    const g = <f64>load<f32>(delta + ((<usize>c) << 2));
    if (kind == FEDAVGM) {
      const momentum = keptMoment(beta1 * load<f64>(m + at) + g);
      store<f64>(m + at, momentum);
      store<f64>(x + at, load<f64>(x + at) + rate * momentum);
      continue;
    }
    const square = g * g;
    const first = keptMoment(beta1 * load<f64>(m + at) + (1.0 - beta1) * g);
    let second = load<f64>(v + at);
    if (kind == FEDADAGRAD) second += square;
    else if (kind == FEDADAM) second = beta2 * second + (1.0 - beta2) * square;
    else second -= second > square ? (1.0 - beta2) * square : second < square ? -((1.0 - beta2) * square) : 0.0;
    store<f64>(m + at, first);
    store<f64>(v + at, keptMoment(second));
    store<f64>(x + at, load<f64>(x + at) + (rate * first) / (sqrt(second) + tau));
  }
}

export function widen(from: usize, to: usize, n: u32): void {
  for (let c: u32 = 0; c < n; ++c) store<f64>(to + ((<usize>c) << 3), <f64>load<f32>(from + ((<usize>c) << 2)));
}

export function narrow(from: usize, to: usize, n: u32): void {
  for (let c: u32 = 0; c < n; ++c) {
    store<f32>(to + ((<usize>c) << 2), <f32>keptF64(load<f64>(from + ((<usize>c) << 3))));
  }
}
