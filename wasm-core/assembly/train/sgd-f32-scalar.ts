import { kept } from '../vector/faint';

/** Scalar twin of sgdSimd. */
export function sgdScalar(w: usize, v: usize, g: usize, n: u32, rate: f32, momentum: f32): void {
  rate = kept(rate);
  momentum = kept(momentum);
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    const velocity = kept(momentum * load<f32>(v + o) + load<f32>(g + o));
    store<f32>(v + o, velocity);
    store<f32>(w + o, kept(load<f32>(w + o) - rate * velocity));
  }
}
