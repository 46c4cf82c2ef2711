import { TILE_COLUMNS } from '../memory';
import { weightedMeanSimd } from './weighted-mean-f32-simd';

// Norm clipping: Sun et al., "Can You Really Backdoor Federated Learning?", 2019.
//   out = (1/n) Σ_i x_i · min(1, clip / ‖x_i‖₂)       norms in f64

/** workspace: f64[n] shares, f64[TILE_COLUMNS + 2]. */
export function normClipWorkspace(n: f64): f64 {
  return 8 * n + 8 * <f64>TILE_COLUMNS + 64;
}

export function normClip(rows: usize, n: u32, d: u32, clip: f64, out: usize, workspace: usize): void {
  const sums = workspace + ((<usize>n) << 3);
  for (let i: u32 = 0; i < n; ++i) {
    const x = <usize>load<u32>(rows + ((<usize>i) << 2));
    let squared: f64 = 0;
    for (let c: u32 = 0; c < d; ++c) {
      const value = <f64>load<f32>(x + ((<usize>c) << 2));
      squared += value * value;
    }
    const norm = sqrt(squared);
    const factor = norm > clip ? clip / norm : 1.0;
    store<f64>(workspace + ((<usize>i) << 3), factor / <f64>n);
  }
  weightedMeanSimd(rows, workspace, n, d, out, sums);
}
