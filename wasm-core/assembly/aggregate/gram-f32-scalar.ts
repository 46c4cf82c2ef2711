import { rowAt } from '../memory';
import { BLOCK } from './blocks';

/** Scalar twin of gramSimd: four f32 lane sums a block, merged in f64. */
export function gramScalar(rows: usize, n: u32, from: u32, to: u32, gram: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    for (let i: u32 = 0; i < n; ++i) {
      for (let j = i; j < n; ++j)
        addProduct(rowAt(rows, i), rowAt(rows, j), start, stop, gram + ((<usize>i * n + j) << 3));
    }
  }
}

/** Scalar twin of squaredNormsSimd. */
export function squaredNormsScalar(rows: usize, n: u32, from: u32, to: u32, gram: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    for (let i: u32 = 0; i < n; ++i) {
      addProduct(rowAt(rows, i), rowAt(rows, i), start, stop, gram + ((<usize>i * n + i) << 3));
    }
  }
}

function addProduct(x: usize, y: usize, start: u32, stop: u32, total: usize): void {
  let s0: f32 = 0;
  let s1: f32 = 0;
  let s2: f32 = 0;
  let s3: f32 = 0;
  for (let c = start; c < stop; ++c) {
    const offset = (<usize>c) << 2;
    const product = load<f32>(x + offset) * load<f32>(y + offset);
    const lane = c & 3;
    if (lane == 0) s0 += product;
    else if (lane == 1) s1 += product;
    else if (lane == 2) s2 += product;
    else s3 += product;
  }
  store<f64>(total, load<f64>(total) + (<f64>s0 + <f64>s2 + (<f64>s1 + <f64>s3)));
}
