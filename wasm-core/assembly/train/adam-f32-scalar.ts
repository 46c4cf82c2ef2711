import { kept } from '../vector/faint';

/** v is a square: the floor of g², 2^-102. */
export const FAINT_SQUARE: f32 = 1.9721522630525295e-31;

/** Scalar twin of adamSimd. */
export function adamScalar(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  n: u32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  correction1: f32,
  correction2: f32,
): void {
  rate = kept(rate);
  beta1 = kept(beta1);
  const rest1: f32 = <f32>1 - beta1;
  const rest2: f32 = <f32>1 - beta2;
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    const slope = kept(load<f32>(g + o));
    const first = kept(beta1 * load<f32>(m + o) + rest1 * slope);
    let second: f32 = beta2 * load<f32>(v + o) + rest2 * (slope * slope);
    if (second < FAINT_SQUARE) second = 0;
    store<f32>(m + o, first);
    store<f32>(v + o, second);
    const step = kept((first * correction1) / (sqrt<f32>(second * correction2) + epsilon));
    store<f32>(w + o, kept(load<f32>(w + o) - rate * step));
  }
}
