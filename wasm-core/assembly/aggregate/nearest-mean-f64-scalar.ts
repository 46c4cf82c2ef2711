import { rowAt } from '../memory';
import { kept } from '../vector/faint';

/** Scalar twin of nearestMeanSimd: sorts each column by insertion (workspace: f32[n]) and drops the farther end. */
export function nearestMeanScalar(
  rows: usize,
  n: u32,
  from: u32,
  to: u32,
  keep: u32,
  out: usize,
  workspace: usize,
): void {
  for (let c = from; c < to; ++c) {
    const offset = (<usize>c) << 2;
    for (let i: u32 = 0; i < n; ++i) {
      const value = load<f32>(rowAt(rows, i) + offset);
      let at = workspace + ((<usize>i) << 2);
      while (at > workspace && load<f32>(at - 4) > value) {
        store<f32>(at, load<f32>(at - 4));
        at -= 4;
      }
      store<f32>(at, value);
    }
    store<f32>(out + offset, kept(<f32>meanAroundMedian(workspace, n, keep)));
  }
}

/** Mean of the `keep` values of ascending f32[n] closest to their median: they are neighbours, so drop from the ends. */
function meanAroundMedian(column: usize, n: u32, keep: u32): f64 {
  const upper = <f64>load<f32>(column + ((<usize>(n >> 1)) << 2));
  const median = (<f64>load<f32>(column + ((<usize>((n - 1) >> 1)) << 2)) + upper) / 2;
  let low: u32 = 0;
  let high = n;
  while (high - low > keep) {
    const below = median - <f64>load<f32>(column + ((<usize>low) << 2));
    const above = <f64>load<f32>(column + ((<usize>(high - 1)) << 2)) - median;
    if (above >= below) --high;
    else ++low;
  }
  let sum: f64 = 0;
  for (let i = low; i < high; ++i) sum += <f64>load<f32>(column + ((<usize>i) << 2));
  return sum / <f64>keep;
}
