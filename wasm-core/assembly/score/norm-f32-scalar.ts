import { kept, keptF64 } from '../vector/faint';

/** Mean of f32[n] in f64: four partial sums (index mod 4) merged (s0 + s2) + (s1 + s3), then the last n mod 4. */
export function meanScalar(from: usize, n: u32): f64 {
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  const whole = from + (((<usize>n) & ~3) << 2);
  const end = from + ((<usize>n) << 2);
  let at = from;
  for (; at < whole; at += 16) {
    s0 += <f64>load<f32>(at);
    s1 += <f64>load<f32>(at, 4);
    s2 += <f64>load<f32>(at, 8);
    s3 += <f64>load<f32>(at, 12);
  }
  let sum = s0 + s2 + (s1 + s3);
  for (; at < end; at += 4) sum += <f64>load<f32>(at);
  return sum / <f64>n;
}

/** Mean square of f32[n] about `centre`, summed as meanScalar does. */
export function spreadScalar(from: usize, n: u32, centre: f64): f64 {
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  const whole = from + (((<usize>n) & ~3) << 2);
  const end = from + ((<usize>n) << 2);
  let at = from;
  for (; at < whole; at += 16) {
    const x0 = <f64>load<f32>(at) - centre;
    const x1 = <f64>load<f32>(at, 4) - centre;
    const x2 = <f64>load<f32>(at, 8) - centre;
    const x3 = <f64>load<f32>(at, 12) - centre;
    s0 += x0 * x0;
    s1 += x1 * x1;
    s2 += x2 * x2;
    s3 += x3 * x3;
  }
  let sum = s0 + s2 + (s1 + s3);
  for (; at < end; at += 4) {
    const x = <f64>load<f32>(at) - centre;
    sum += x * x;
  }
  return sum / <f64>n;
}

/** Scalar twin of normaliseRowsSimd. */
export function normaliseRowsScalar(
  from: usize,
  out: usize,
  rows: u32,
  width: u32,
  centred: u32,
  epsilon: f64,
  weight: usize,
  bias: usize,
): void {
  for (let r: u32 = 0; r < rows; ++r) {
    const centre = centred ? meanScalar(from, width) : 0;
    const inverse = 1.0 / sqrt(spreadScalar(from, width, centre) + epsilon);
    for (let i: u32 = 0; i < width; ++i) {
      const o = (<usize>i) << 2;
      let y: f32 = <f32>keptF64((<f64>load<f32>(from + o) - centre) * inverse) * load<f32>(weight + o);
      if (bias) y += load<f32>(bias + o);
      store<f32>(out + o, kept(y));
    }
    from += (<usize>width) << 2;
    out += (<usize>width) << 2;
  }
}
