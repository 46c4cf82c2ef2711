import { kept, kept4 } from '../vector/faint';
import { sgdScalar } from './sgd-f32-scalar';

/**
 * SGD with momentum (PyTorch's form): v ← μ v + g;  w ← w − η v.  f32[n] each, elementwise; μ, η, v and w without what is
 * below the floor. A velocity that nothing feeds any more would else become subnormal.
 */
export function sgdSimd(w: usize, v: usize, g: usize, n: u32, rate: f32, momentum: f32): void {
  const mu = f32x4.splat(kept(momentum));
  const eta = f32x4.splat(kept(rate));
  const end = ((<usize>n) & ~3) << 2;
  for (let o: usize = 0; o < end; o += 16) {
    const velocity = kept4(f32x4.add(f32x4.mul(mu, v128.load(v + o)), v128.load(g + o)));
    v128.store(v + o, velocity);
    v128.store(w + o, kept4(f32x4.sub(v128.load(w + o), f32x4.mul(eta, velocity))));
  }
  sgdScalar(w + end, v + end, g + end, n & 3, rate, momentum);
}
