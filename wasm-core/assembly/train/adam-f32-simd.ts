import { adamScalar } from './adam-f32-scalar';

/**
 * Adam: Kingma and Ba, 2015:  m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  w ← w − η (m c₁) / (√(v c₂) + ε), with
 * cᵢ = 1 / (1 − βᵢᵗ) from the caller. f32[n] each, elementwise.
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
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(<f32>1 - beta1);
  const r2 = f32x4.splat(<f32>1 - beta2);
  const eta = f32x4.splat(rate);
  const e = f32x4.splat(epsilon);
  const c1 = f32x4.splat(correction1);
  const c2 = f32x4.splat(correction2);
  const end = ((<usize>n) & ~3) << 2;
  for (let o: usize = 0; o < end; o += 16) {
    const slope = v128.load(g + o);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + o)), f32x4.mul(r1, slope));
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + o)), f32x4.mul(r2, f32x4.mul(slope, slope)));
    v128.store(m + o, first);
    v128.store(v + o, second);
    const step = f32x4.div(f32x4.mul(first, c1), f32x4.add(f32x4.sqrt(f32x4.mul(second, c2)), e));
    v128.store(w + o, f32x4.sub(v128.load(w + o), f32x4.mul(eta, step)));
  }
  adamScalar(w + end, m + end, v + end, g + end, n & 3, rate, beta1, beta2, epsilon, correction1, correction2);
}
