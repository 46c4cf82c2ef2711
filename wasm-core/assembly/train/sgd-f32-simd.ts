import { sgdScalar } from './sgd-f32-scalar';

/** SGD with momentum (PyTorch's form): v ← μ v + g;  w ← w − η v.  f32[n] each, elementwise. */
export function sgdSimd(w: usize, v: usize, g: usize, n: u32, rate: f32, momentum: f32): void {
  const mu = f32x4.splat(momentum);
  const eta = f32x4.splat(rate);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    const velocity = f32x4.add(f32x4.mul(mu, v128.load(v + o)), v128.load(g + o));
    v128.store(v + o, velocity);
    v128.store(w + o, f32x4.sub(v128.load(w + o), f32x4.mul(eta, velocity)));
  }
  const o = (<usize>i) << 2;
  sgdScalar(w + o, v + o, g + o, n - i, rate, momentum);
}
