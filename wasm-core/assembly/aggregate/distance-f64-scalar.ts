import { rowAt } from '../memory';
import { BLOCK } from './blocks';

/** Scalar twin of squaredDistancesSimd: the same four partial sums (column mod 4) and merge order. */
export function squaredDistancesScalar(rows: usize, pairs: usize, count: u32, from: u32, to: u32, sums: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    for (let k: u32 = 0; k < count; ++k) {
      const a = rowAt(rows, load<u32>(pairs + ((<usize>k) << 3)));
      const b = rowAt(rows, load<u32>(pairs + ((<usize>k) << 3), 4));
      let s0: f64 = 0;
      let s1: f64 = 0;
      let s2: f64 = 0;
      let s3: f64 = 0;
      for (let c = start; c < stop; ++c) {
        const offset = (<usize>c) << 2;
        const gap = <f64>load<f32>(a + offset) - <f64>load<f32>(b + offset);
        const square = gap * gap;
        const lane = c & 3;
        if (lane == 0) s0 += square;
        else if (lane == 1) s1 += square;
        else if (lane == 2) s2 += square;
        else s3 += square;
      }
      const at = sums + ((<usize>k) << 3);
      store<f64>(at, load<f64>(at) + (s0 + s2 + (s1 + s3)));
    }
  }
}
