import { kept, kept4 } from '../vector/faint';
import { adamScalar, FAINT_SQUARE } from './adam-f32-scalar';

/**
 * Adam: Kingma and Ba, 2015:  m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  w ← w − η (m c₁) / (√(v c₂) + ε), with
 * cᵢ = 1 / (1 − βᵢᵗ) from the caller. f32[n] each, elementwise; all without what is below the floor, v below its square.
 */
export function adamSimd(
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
  beta1 = kept(beta1);
  const b1 = f32x4.splat(beta1);
  const least = f32x4.splat(FAINT_SQUARE);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(<f32>1 - beta1);
  const r2 = f32x4.splat(<f32>1 - beta2);
  const eta = f32x4.splat(kept(rate));
  const e = f32x4.splat(epsilon);
  const c1 = f32x4.splat(correction1);
  const c2 = f32x4.splat(correction2);
  const end = ((<usize>n) & ~3) << 2;
  for (let o: usize = 0; o < end; o += 16) {
    const slope = kept4(v128.load(g + o));
    const first = kept4(f32x4.add(f32x4.mul(b1, v128.load(m + o)), f32x4.mul(r1, slope)));
    let second = f32x4.add(f32x4.mul(b2, v128.load(v + o)), f32x4.mul(r2, f32x4.mul(slope, slope)));
    second = v128.andnot(second, f32x4.lt(second, least));
    v128.store(m + o, first);
    v128.store(v + o, second);
    const step = kept4(f32x4.div(f32x4.mul(first, c1), f32x4.add(f32x4.sqrt(f32x4.mul(second, c2)), e)));
    v128.store(w + o, kept4(f32x4.sub(v128.load(w + o), f32x4.mul(eta, step))));
  }
  adamScalar(w + end, m + end, v + end, g + end, n & 3, rate, beta1, beta2, epsilon, correction1, correction2);
}
