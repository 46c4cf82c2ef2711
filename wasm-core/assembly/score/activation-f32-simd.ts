import { kept4 } from '../vector/faint';
import {
  activationScalar,
  GELU,
  GELU_CUBIC,
  GELU_SCALE,
  GELU_TANH,
  RELU,
  SILU,
  SQRT_HALF,
  TANH,
} from './activation-f32-scalar';
import { erf4, exp4, square4, tanh4 } from './math-f32-simd';

/**
 * out = f(from), f32[n]; out may be from. ReLU: x > 0 ? x : +0, so −0 and NaN become +0 on every machine; GELU:
 * x Φ(x), by erf or by tanh; SiLU: x / (1 + e^−x); tanh. Of inputs above the floor, ReLU and tanh are above it or 0.
 */
export function activationSimd(op: u32, from: usize, out: usize, n: u32): void {
  const end = ((<usize>n) & ~3) << 2;
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  if (op == RELU) {
    const zero = f32x4.splat(0);
    for (let o: usize = 0; o < end; o += 16) v128.store(out + o, f32x4.pmax(zero, v128.load(from + o)));
  } else if (op == GELU) {
    for (let o: usize = 0; o < end; o += 16) {
      const x = v128.load(from + o);
      const e = erf4(f32x4.mul(x, f32x4.splat(SQRT_HALF)));
      v128.store(out + o, kept4(f32x4.mul(f32x4.mul(half, x), f32x4.add(one, e))));
    }
  } else if (op == GELU_TANH) {
    for (let o: usize = 0; o < end; o += 16) {
      const x = v128.load(from + o);
      const cube = f32x4.mul(square4(x), x);
      const u = f32x4.mul(f32x4.splat(GELU_SCALE), f32x4.add(x, f32x4.mul(f32x4.splat(GELU_CUBIC), cube)));
      v128.store(out + o, kept4(f32x4.mul(f32x4.mul(half, x), f32x4.add(one, tanh4(u)))));
    }
  } else if (op == SILU) {
    for (let o: usize = 0; o < end; o += 16) {
      const x = v128.load(from + o);
      v128.store(out + o, kept4(f32x4.div(x, f32x4.add(one, exp4(f32x4.neg(x))))));
    }
  } else if (op == TANH) {
    for (let o: usize = 0; o < end; o += 16) v128.store(out + o, tanh4(v128.load(from + o)));
  }
  activationScalar(op, from + end, out + end, n & 3);
}
