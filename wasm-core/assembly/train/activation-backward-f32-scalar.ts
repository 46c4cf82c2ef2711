import { GELU, GELU_CUBIC, GELU_SCALE, GELU_TANH, RELU, SILU, SQRT_HALF } from '../score/activation-f32-scalar';
import { erfF32, expF32, square, tanhF32 } from '../score/math-f32-scalar';
import { least } from '../score/softmax-f32-scalar';
import { kept } from '../vector/faint';

/** 1/√(2π). */
export const DENSITY: f32 = 0.3989422804014327;

/** 2^100: beyond it 1 / (1 + e^−x) is below the floor, and 0. */
export const LARGE: f32 = 1.2676506002282294e30;

/** Scalar twin of activationBackwardSimd. */
export function activationBackwardScalar(op: u32, delta: usize, x: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, slope(op, load<f32>(delta + o), load<f32>(x + o)));
  }
}

function slope(op: u32, d: f32, x: f32): f32 {
  if (op == RELU) return x > 0 ? d : <f32>0;
  if (op == GELU) {
    const below: f32 = <f32>0.5 * (<f32>1 + erfF32(x * SQRT_HALF));
    return d * (below + x * (DENSITY * expF32(least(<f32>-0.5 * (x * x)))));
  }
  if (op == GELU_TANH) {
    const squared = square(x);
    const t = tanhF32(GELU_SCALE * (x + GELU_CUBIC * (squared * x)));
    const inner: f32 = GELU_SCALE * (<f32>1 + <f32>3 * GELU_CUBIC * squared);
    return d * (<f32>0.5 * (<f32>1 + t) + <f32>0.5 * x * ((<f32>1 - t * t) * inner));
  }
  if (op == SILU) {
    const e = expF32(-x);
    const s = kept(<f32>1 / (<f32>1 + (e > LARGE ? LARGE : e)));
    return d * (s * (<f32>1 + x * (<f32>1 - s)));
  }
  const t = tanhF32(x);
  return d * (<f32>1 - t * t);
}
