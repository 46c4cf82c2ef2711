import { kept } from '../vector/faint';
import { tokenAt } from './embedding';
import { quantumAt } from './matmul-int-scalar';
import { headBytes, panelBytes } from './packed';
import { dimension } from './program';

/**
 * out f32[count][tokens][width]: rows of a packed table (packed.ts), each value kept(f32(quantum) · scale).
 * dimensions: as of embedding.ts, then group, bits
 */
export function embedInt(record: usize, inputs: usize, index: usize, count: u32, table: usize, out: usize): void {
  const width = dimension(record, 3);
  const tokens = dimension(record, 4);
  const group = dimension(record, 5);
  const bits = dimension(record, 6);
  const step = panelBytes(width, group, bits);
  for (let i: u32 = 0; i < count; ++i) {
    const sample = load<u32>(index + ((<usize>i) << 2));
    for (let t: u32 = 0; t < tokens; ++t) {
      const token = tokenAt(record, inputs, sample, t);
      const panel = table + <usize>(token >> 3) * step;
      const lane = token & 7;
      const quanta = panel + headBytes(width, group);
      let scale = panel + ((<usize>lane) << 2);
      for (let l: u32 = 0; l < width; ++l) {
        if (l % group == 0) scale += 32;
        store<f32>(out, kept(<f32>quantumAt(quanta, lane, l, bits) * load<f32>(scale)));
        out += 4;
      }
    }
  }
}
