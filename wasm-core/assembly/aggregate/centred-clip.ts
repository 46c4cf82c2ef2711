import { cell } from './gram-f32-simd';
import { keptShare } from './share';

// Centred clipping: Karimireddy, He, Jaggi, "Learning from History for Byzantine Robust Optimization", ICML 2021.
//   v ← v + (1/n) Σ_i (x_i − v) · min(1, τ / ‖x_i − v‖)     `steps` times from v = 0, the model before the round
// Tolerates f/n up to 0.15 with error in proportion to √(f/n) (their Theorem III); what one hostile update can move is
// τ / n a step, whatever it holds. v is a combination of the updates, v = Σ_j u_j x_j, so its distances follow from G:
//   ‖x_i − v‖² = G_ii − 2 Σ_j u_j G_ij + uᵀGu

/** shares f64[n] = u. workspace: f64[n] products, f64[n] factors. */
export function centredClip(gram: usize, n: u32, radius: f64, steps: u32, shares: usize, workspace: usize): void {
  const products = workspace;
  const factors = products + ((<usize>n) << 3);
  const inverse = 1.0 / <f64>n;
  memory.fill(shares, 0, (<usize>n) << 3);
  for (let step: u32 = 0; step < steps; ++step) {
    let square: f64 = 0;
    for (let i: u32 = 0; i < n; ++i) {
      let sum: f64 = 0;
      for (let j: u32 = 0; j < n; ++j) sum += load<f64>(shares + ((<usize>j) << 3)) * load<f64>(cell(gram, n, i, j));
      store<f64>(products + ((<usize>i) << 3), sum);
      square += load<f64>(shares + ((<usize>i) << 3)) * sum;
    }
    let kept: f64 = 0;
    for (let i: u32 = 0; i < n; ++i) {
      const at = (<usize>i) << 3;
      const apart = load<f64>(cell(gram, n, i, i)) - 2.0 * load<f64>(products + at) + square;
      const distance = apart > 0 ? sqrt(apart) : 0;
      const factor = distance > radius ? keptShare(radius / distance) : 1.0;
      store<f64>(factors + at, factor);
      kept += factor;
    }
    const rest = 1.0 - kept * inverse;
    for (let i: u32 = 0; i < n; ++i) {
      const at = (<usize>i) << 3;
      store<f64>(shares + at, keptShare(load<f64>(shares + at) * rest + load<f64>(factors + at) * inverse));
    }
  }
}
