import { rowAt } from '../memory';
import { kept } from '../vector/faint';
import { exponentOf, firstPower, FLT_MAX, isTiny, leastFor, restOf, secondPower } from './share';

/** Scalar twin of weightedMeanSimd: the same f32 sum over clients in ascending order, column by column. */
export function weightedMeanScalar(rows: usize, shares: usize, n: u32, from: u32, to: u32, out: usize): void {
  for (let c = from; c < to; ++c) {
    const offset = (<usize>c) << 2;
    let sum: f32 = 0;
    for (let i: u32 = 0; i < n; ++i) {
      const share = load<f64>(shares + ((<usize>i) << 3));
      const x = load<f32>(rowAt(rows, i) + offset);
      sum += isTiny(share) ? tinyProduct(share, x) : x * <f32>share;
    }
    store<f32>(out + offset, kept(min<f32>(max<f32>(sum, -FLT_MAX), FLT_MAX)));
  }
}

function tinyProduct(share: f64, x: f32): f32 {
  const e = exponentOf(share);
  if (abs(x) < leastFor(e)) return 0;
  return x * firstPower(e) * secondPower(e) * restOf(share, e);
}
