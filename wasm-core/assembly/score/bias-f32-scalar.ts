import { kept } from '../vector/faint';

/** Scalar twin of addBiasSimd. */
export function addBiasScalar(values: usize, bias: usize, rows: u32, width: u32): void {
  for (let r: u32 = 0; r < rows; ++r) {
    for (let i: u32 = 0; i < width; ++i) {
      store<f32>(values, kept(load<f32>(values) + load<f32>(bias + ((<usize>i) << 2))));
      values += 4;
    }
  }
}

/** Scalar twin of scaleShiftSimd. */
export function scaleShiftScalar(from: usize, out: usize, n: u32, scale: f32, shift: f32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, kept(load<f32>(from + o) * scale + shift));
  }
}
