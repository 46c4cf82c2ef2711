import { kept } from './faint';

/** Scalar twin of addSimd. */
export function addScalar(a: usize, b: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, kept(load<f32>(a + o) + load<f32>(b + o)));
  }
}

/** Scalar twin of multiplySimd. */
export function multiplyScalar(a: usize, b: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, kept(load<f32>(a + o) * load<f32>(b + o)));
  }
}

/** Scalar twin of subtractSimd. */
export function subtractScalar(a: usize, b: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, kept(load<f32>(a + o) - load<f32>(b + o)));
  }
}
