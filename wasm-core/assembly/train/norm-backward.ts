import { keptF64 } from '../vector/faint';
import { batchScale } from '../score/network';
import { meanSimd, spreadSimd } from '../score/norm-f32-simd';
import { dimension, LAYER_NORM, opOf } from '../score/program';

/** The rows of one operation, see `rowsBackward`. */
export function normBackward(
  record: usize,
  from: usize,
  delta: usize,
  out: usize,
  samples: u32,
  own: usize,
  gradient: usize,
): void {
  const rows = samples * dimension(record, 0);
  const width = dimension(record, 1);
  const epsilon = <f64>reinterpret<f32>(dimension(record, 2));
  const centred = opOf(record) == LAYER_NORM;
  memory.fill(gradient, 0, (<usize>width) << (centred ? 3 : 2));
  rowsBackward(from, delta, out, rows, width, centred, epsilon, own, gradient);
}

/** Of `normaliseHeads`: values pass. */
export function headNormBackward(
  record: usize,
  from: usize,
  delta: usize,
  out: usize,
  samples: u32,
  own: usize,
  gradient: usize,
): void {
  const size = dimension(record, 3);
  const epsilon = <f64>reinterpret<f32>(dimension(record, 4));
  const head = (<usize>size) << 2;
  const queries = head * dimension(record, 1);
  const keys = head * dimension(record, 2);
  memory.fill(gradient, 0, 2 * head);
  for (let t: u32 = 0; t < samples * dimension(record, 0); ++t) {
    rowsBackward(from, delta, out, dimension(record, 1), size, false, epsilon, own, gradient);
    from += queries;
    delta += queries;
    out += queries;
    rowsBackward(from, delta, out, dimension(record, 2), size, false, epsilon, own + head, gradient + head);
    memory.copy(out + keys, delta + keys, keys);
    from += 2 * keys;
    delta += 2 * keys;
    out += 2 * keys;
  }
}

/**
 * With x̂ the normalised row and g = δ · weight:  ∂x = (g − mean g − x̂ · mean(g x̂)) / √(v + ε), without the mean of g for
 * RMS norm; ∂weight = Σ δ x̂, ∂bias = Σ δ over the rows, onto what stands there. In f64; parameter sums in f32 by ascending
 * rows.
 */
function rowsBackward(
  from: usize,
  delta: usize,
  out: usize,
  rows: u32,
  width: u32,
  centred: bool,
  epsilon: f64,
  own: usize,
  gradient: usize,
): void {
  const widthBytes = (<usize>width) << 2;
  for (let r: u32 = 0; r < rows; ++r) {
    const centre = centred ? meanSimd(from, width) : 0;
    const inverse = 1.0 / sqrt(spreadSimd(from, width, centre) + epsilon);
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let o: usize = 0; o < widthBytes; o += 4) {
      const x = keptF64((<f64>load<f32>(from + o) - centre) * inverse);
      const d = load<f32>(delta + o);
      const g = <f64>d * <f64>load<f32>(own + o);
      sum += g;
      product += g * x;
      store<f32>(gradient + o, load<f32>(gradient + o) + d * <f32>x);
      if (centred) store<f32>(gradient + widthBytes + o, load<f32>(gradient + widthBytes + o) + d);
    }
    sum = centred ? sum / <f64>width : 0;
    product /= <f64>width;
    for (let o: usize = 0; o < widthBytes; o += 4) {
      const x = keptF64((<f64>load<f32>(from + o) - centre) * inverse);
      const g = <f64>load<f32>(delta + o) * <f64>load<f32>(own + o);
      store<f32>(out + o, <f32>keptF64((g - sum - x * product) * inverse));
    }
    from += widthBytes;
    delta += widthBytes;
    out += widthBytes;
  }
}

/** Statistics are frozen: ∂x = δ · scale, ∂weight = Σ δ (x − mean) / √(v + ε), ∂bias = Σ δ; no gradient for them. */
export function batchNormBackward(
  record: usize,
  from: usize,
  delta: usize,
  out: usize,
  samples: u32,
  own: usize,
  gradient: usize,
): void {
  const channels = dimension(record, 0);
  const values = dimension(record, 1);
  const row = (<usize>channels) << 2;
  memory.fill(gradient, 0, 4 * row);
  for (let s: u32 = 0; s < samples; ++s) {
    for (let c: u32 = 0; c < channels; ++c) {
      const at = (<usize>c) << 2;
      const scale = <f32>keptF64(batchScale(record, own, c));
      const mean = <f64>load<f32>(own + 2 * row + at);
      const inverse = 1.0 / sqrt(<f64>load<f32>(own + 3 * row + at) + <f64>reinterpret<f32>(dimension(record, 2)));
      let weighted: f64 = 0;
      let plain: f64 = 0;
      for (let i: u32 = 0; i < values; ++i) {
        const d = load<f32>(delta);
        weighted += <f64>d * ((<f64>load<f32>(from) - mean) * inverse);
        plain += <f64>d;
        store<f32>(out, d * scale);
        from += 4;
        delta += 4;
        out += 4;
      }
      store<f32>(gradient + at, load<f32>(gradient + at) + <f32>keptF64(weighted));
      store<f32>(gradient + row + at, load<f32>(gradient + row + at) + <f32>keptF64(plain));
    }
  }
}
