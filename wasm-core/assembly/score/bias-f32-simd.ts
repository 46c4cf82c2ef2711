import { kept4 } from '../vector/faint';
import { addBiasScalar, scaleShiftScalar } from './bias-f32-scalar';

/** values[r][i] += bias[i], f32[rows][width], without what is below the floor. */
export function addBiasSimd(values: usize, bias: usize, rows: u32, width: u32): void {
  const whole = ((<usize>width) & ~3) << 2;
  for (let r: u32 = 0; r < rows; ++r) {
    for (let o: usize = 0; o < whole; o += 16) {
      v128.store(values + o, kept4(f32x4.add(v128.load(values + o), v128.load(bias + o))));
    }
    addBiasScalar(values + whole, bias + whole, 1, width & 3);
    values += (<usize>width) << 2;
  }
}

/** out = from · scale + shift, f32[n], without what is below the floor; out may be from. */
export function scaleShiftSimd(from: usize, out: usize, n: u32, scale: f32, shift: f32): void {
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  const end = ((<usize>n) & ~3) << 2;
  for (let o: usize = 0; o < end; o += 16) {
    v128.store(out + o, kept4(f32x4.add(f32x4.mul(v128.load(from + o), s), t)));
  }
  scaleShiftScalar(from + end, out + end, n & 3, scale, shift);
}
