import { addSimd } from '../vector/elementwise-f32-simd';
import { kept, keptF64 } from '../vector/faint';
import { isPadding } from './padding';
import { dimension } from './program';

// One row of a text's rows (Reimers and Gurevych, "Sentence-BERT", 2019): its first, or the mean of those that are no
// padding, added in their order in f32; 0 where all are.
// dimensions: tokens, width, 1 for the first, 0, type of tokens, padding token.

/** Rows that the mean is of. */
export function pooledRows(record: usize, inputs: usize, sample: u32): u32 {
  let count: u32 = 0;
  for (let t: u32 = 0; t < dimension(record, 0); ++t) if (!isPadding(record, inputs, sample, t)) ++count;
  return count;
}

export function poolText(record: usize, inputs: usize, index: usize, from: usize, out: usize, samples: u32): void {
  const tokens = dimension(record, 0);
  const width = dimension(record, 1);
  const rowBytes = (<usize>width) << 2;
  for (let s: u32 = 0; s < samples; ++s) {
    const sample = load<u32>(index + ((<usize>s) << 2));
    if (dimension(record, 2)) {
      memory.copy(out, from, rowBytes);
    } else {
      memory.fill(out, 0, rowBytes);
      for (let t: u32 = 0; t < tokens; ++t) {
        if (!isPadding(record, inputs, sample, t)) addSimd(out, from + <usize>t * rowBytes, out, width);
      }
      const count = <f32>max<u32>(1, pooledRows(record, inputs, sample));
      for (let o: usize = 0; o < rowBytes; o += 4) store<f32>(out + o, kept(load<f32>(out + o) / count));
    }
    from += <usize>tokens * rowBytes;
    out += rowBytes;
  }
}

/** Shorter rows than this are divided by it, as in PyTorch's `normalize`. */
export const LEAST_NORM: f64 = 1e-12;

/** √Σ x², summed in order in f64. */
export function rowNorm(row: usize, width: u32): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < width; ++i) {
    const x = <f64>load<f32>(row + ((<usize>i) << 2));
    sum += x * x;
  }
  return sqrt(sum);
}

/** out = x / max(‖x‖₂, 10^-12), f32[rows][width]; out may be from. */
export function normaliseLength(from: usize, out: usize, rows: u32, width: u32): void {
  const rowBytes = (<usize>width) << 2;
  for (let r: u32 = 0; r < rows; ++r) {
    const inverse = 1.0 / max(rowNorm(from, width), LEAST_NORM);
    for (let o: usize = 0; o < rowBytes; o += 4) {
      store<f32>(out + o, <f32>keptF64(<f64>load<f32>(from + o) * inverse));
    }
    from += rowBytes;
    out += rowBytes;
  }
}
