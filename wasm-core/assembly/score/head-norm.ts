import { normaliseRowsSimd } from './norm-f32-simd';
import { dimension } from './program';

/**
 * RMS norm of each head of queries and of keys, of rows queries | keys | values; out may be from.
 * dimensions: tokens, heads, heads of keys, size h, ε.  parameters: weights of queries f32[h], of keys f32[h]
 */
export function normaliseHeads(record: usize, from: usize, out: usize, samples: u32, own: usize): void {
  const heads = dimension(record, 1);
  const kvHeads = dimension(record, 2);
  const size = dimension(record, 3);
  const epsilon = <f64>reinterpret<f32>(dimension(record, 4));
  const head = (<usize>size) << 2;
  for (let t: u32 = 0; t < samples * dimension(record, 0); ++t) {
    normaliseRowsSimd(from, out, heads, size, 0, epsilon, own, 0);
    from += head * heads;
    out += head * heads;
    normaliseRowsSimd(from, out, kvHeads, size, 0, epsilon, own + head, 0);
    from += head * kvHeads;
    out += head * kvHeads;
    if (out != from) memory.copy(out, from, head * kvHeads);
    from += head * kvHeads;
    out += head * kvHeads;
  }
}
