import { FAINT, kept } from './faint';

/** Scalar twin of floorSimd. */
export function floorScalar(values: usize, n: u32): u32 {
  let most: u32 = 0;
  for (let i: u32 = 0; i < n; ++i) {
    const at = values + ((<usize>i) << 2);
    const value = kept(load<f32>(at));
    store<f32>(at, value);
    most = max(most, reinterpret<u32>(value) & 0x7fffffff);
  }
  return most;
}

/** n f32 at `values` *= factor, a power of two from 2^-127 to 1; what that leaves below the floor is +0. */
export function scaleBy(values: usize, n: u32, factor: f32): void {
  const least: f32 = FAINT / factor;
  for (let i: u32 = 0; i < n; ++i) {
    const at = values + ((<usize>i) << 2);
    const value = load<f32>(at);
    store<f32>(at, abs(value) < least ? <f32>0 : value * factor);
  }
}
