import { rowAt } from '../memory';
import { kept } from '../vector/faint';
import { SCALE_DOWN, SCALE_UP } from './order-statistic-f32-simd';

/**
 * Scalar twin of orderStatisticSimd: sorts each column by insertion (workspace: f32[n]) and sums the same order
 * statistics in the same ascending order. An independent sort, so that it also checks the network.
 */
export function orderStatisticScalar(
  rows: usize,
  n: u32,
  from: u32,
  to: u32,
  low: u32,
  high: u32,
  out: usize,
  workspace: usize,
): void {
  const count = high - low;
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
    const least = load<f32>(workspace + ((<usize>low) << 2));
    const most = load<f32>(workspace + ((<usize>(high - 1)) << 2));
    let mean = least;
    if (count == 2) {
      mean = least * <f32>0.5 + most * <f32>0.5;
    } else if (count > 2) {
      mean = 0;
      for (let i = low; i < high; ++i) mean += load<f32>(workspace + ((<usize>i) << 2)) * SCALE_DOWN;
      mean *= SCALE_UP / <f32>count;
    }
    if (mean < least) mean = least;
    if (mean > most) mean = most;
    store<f32>(out + offset, kept(mean));
  }
}
