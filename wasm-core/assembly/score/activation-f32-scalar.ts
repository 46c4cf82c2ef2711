import { kept } from '../vector/faint';
import { erfF32, expF32, square, tanhF32 } from './math-f32-scalar';

export const RELU: u32 = 13;
export const GELU: u32 = 14;
export const GELU_TANH: u32 = 15;
export const SILU: u32 = 16;
export const TANH: u32 = 17;

export const SQRT_HALF: f32 = 0.7071067811865476;
/** √(2/π) and the cubic coefficient of Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016. */
export const GELU_SCALE: f32 = 0.7978845608028654;
export const GELU_CUBIC: f32 = 0.044715;

/** Scalar twin of activationSimd. */
export function activationScalar(op: u32, from: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, activate(op, load<f32>(from + o)));
  }
}

function activate(op: u32, x: f32): f32 {
  if (op == RELU) return x > 0 ? x : <f32>0;
  if (op == GELU) return kept(<f32>0.5 * x * (<f32>1 + erfF32(x * SQRT_HALF)));
  if (op == GELU_TANH) {
    const u: f32 = GELU_SCALE * (x + GELU_CUBIC * (square(x) * x));
    return kept(<f32>0.5 * x * (<f32>1 + tanhF32(u)));
  }
  if (op == SILU) return kept(x / (<f32>1 + expF32(-x)));
  return tanhF32(x);
}
