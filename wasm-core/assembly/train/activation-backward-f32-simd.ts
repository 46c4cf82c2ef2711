import { GELU, GELU_CUBIC, GELU_SCALE, GELU_TANH, RELU, SILU, SQRT_HALF, TANH } from '../score/activation-f32-scalar';
import { erf4, exp4, square4, tanh4 } from '../score/math-f32-simd';
import { FAINT, keptPositive4 } from '../vector/faint';
import { activationBackwardScalar, DENSITY, LARGE } from './activation-backward-f32-scalar';

/** out = delta · f′(x), f32[n], for the activations of activationSimd; x is the activation's input. */
export function activationBackwardSimd(op: u32, delta: usize, x: usize, out: usize, n: u32): void {
  const end = ((<usize>n) & ~3) << 2;
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  for (let o: usize = 0; o < end; o += 16) {
    const d = v128.load(delta + o);
    const v = v128.load(x + o);
    let y = d;
    if (op == RELU) {
      y = v128.and(d, f32x4.gt(v, f32x4.splat(0)));
    } else if (op == GELU) {
      const below = f32x4.mul(half, f32x4.add(one, erf4(f32x4.mul(v, f32x4.splat(SQRT_HALF)))));
      const density = f32x4.mul(
        f32x4.splat(DENSITY),
        exp4(f32x4.pmin(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(v, v)), f32x4.splat(-FAINT))),
      );
      y = f32x4.mul(d, f32x4.add(below, f32x4.mul(v, density)));
    } else if (op == GELU_TANH) {
      const square = square4(v);
      const scale = f32x4.splat(GELU_SCALE);
      const cube = f32x4.mul(f32x4.splat(GELU_CUBIC), f32x4.mul(square, v));
      const t = tanh4(f32x4.mul(scale, f32x4.add(v, cube)));
      const inner = f32x4.mul(scale, f32x4.add(one, f32x4.mul(f32x4.splat(<f32>3 * GELU_CUBIC), square)));
      const bend = f32x4.mul(f32x4.sub(one, f32x4.mul(t, t)), inner);
      y = f32x4.mul(d, f32x4.add(f32x4.mul(half, f32x4.add(one, t)), f32x4.mul(f32x4.mul(half, v), bend)));
    } else if (op == SILU) {
      const e = f32x4.pmin(exp4(f32x4.neg(v)), f32x4.splat(LARGE));
      const s = keptPositive4(f32x4.div(one, f32x4.add(one, e)));
      y = f32x4.mul(d, f32x4.mul(s, f32x4.add(one, f32x4.mul(v, f32x4.sub(one, s)))));
    } else if (op == TANH) {
      const t = tanh4(v);
      y = f32x4.mul(d, f32x4.sub(one, f32x4.mul(t, t)));
    }
    v128.store(out + o, y);
  }
  activationBackwardScalar(op, delta + end, x + end, out + end, n & 3);
}
