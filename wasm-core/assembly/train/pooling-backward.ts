import { isPadding } from '../score/padding';
import { LEAST_NORM, pooledRows, rowNorm } from '../score/pooling';
import { dimension } from '../score/program';

/** The first row takes the gradient, or each row of the mean its share. */
export function poolTextBackward(
  record: usize,
  inputs: usize,
  index: usize,
  delta: usize,
  out: usize,
  samples: u32,
): void {
  const tokens = dimension(record, 0);
  const rowBytes = (<usize>dimension(record, 1)) << 2;
  for (let s: u32 = 0; s < samples; ++s) {
    const sample = load<u32>(index + ((<usize>s) << 2));
    const first = dimension(record, 2);
    const rows: u32 = first ? 1 : pooledRows(record, inputs, sample);
    const count = <f32>rows;
    for (let t: u32 = 0; t < tokens; ++t) {
      if (first ? t > 0 : isPadding(record, inputs, sample, t)) {
        memory.fill(out, 0, rowBytes);
      } else {
        for (let o: usize = 0; o < rowBytes; o += 4) store<f32>(out + o, load<f32>(delta + o) / count);
      }
      out += rowBytes;
    }
    delta += rowBytes;
  }
}

/** Of y = x / ‖x‖: (δ − y (y · δ)) / ‖x‖, sums in order in f64; 0 for rows that are too short to have a direction. */
export function normaliseLengthBackward(from: usize, delta: usize, out: usize, rows: u32, width: u32): void {
  const rowBytes = (<usize>width) << 2;
  for (let r: u32 = 0; r < rows; ++r) {
    const norm = rowNorm(from, width);
    if (norm < LEAST_NORM) {
      memory.fill(out, 0, rowBytes);
    } else {
      let along: f64 = 0;
      for (let o: usize = 0; o < rowBytes; o += 4) along += <f64>load<f32>(from + o) * <f64>load<f32>(delta + o);
      const share = along / (norm * norm);
      for (let o: usize = 0; o < rowBytes; o += 4) {
        store<f32>(out + o, <f32>((<f64>load<f32>(delta + o) - <f64>load<f32>(from + o) * share) / norm));
      }
    }
    from += rowBytes;
    delta += rowBytes;
    out += rowBytes;
  }
}
