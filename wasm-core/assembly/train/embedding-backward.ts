import { addSimd } from '../vector/elementwise-f32-simd';
import { tokenAt } from '../score/embedding';
import { ADD_PARAMETER_GRADIENT, dimension, flagsOf } from '../score/program';

/** Rows of the table gather the gradients of their tokens, samples and tokens ascending. */
export function embedBackward(
  record: usize,
  inputs: usize,
  index: usize,
  samples: u32,
  delta: usize,
  gradient: usize,
): void {
  const tokens = dimension(record, 4);
  const width = dimension(record, 3);
  const rowBytes = (<usize>width) << 2;
  if (!(flagsOf(record) & ADD_PARAMETER_GRADIENT)) memory.fill(gradient, 0, <usize>dimension(record, 2) * rowBytes);
  for (let i: u32 = 0; i < samples; ++i) {
    const sample = load<u32>(index + ((<usize>i) << 2));
    for (let t: u32 = 0; t < tokens; ++t) {
      const row = gradient + <usize>tokenAt(record, inputs, sample, t) * rowBytes;
      addSimd(row, delta, row, width);
      delta += rowBytes;
    }
  }
}
