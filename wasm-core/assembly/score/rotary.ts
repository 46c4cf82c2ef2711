import { kept, keptF64 } from '../vector/faint';
import { exp, log } from './exp-log';
import { dimension } from './program';
import { cos, sin } from './sin-cos';

// Rotary positions: Su et al., "RoFormer", 2021. In each head of queries and keys, the pair (x_j, x_{j+h/2}) turns by
// the angle t · base^(−2j/h) at position t (GPT-NeoX's pairing). Input rows are queries | keys | values.
//
// dimensions: tokens, width, heads, base.  scratch: f32[tokens][h/2][cos, sin]

/** direction +1 turns forth, −1 back (the gradient). out may be from. */
export function rotate(record: usize, from: usize, out: usize, samples: u32, direction: f32, scratch: usize): void {
  const tokens = dimension(record, 0);
  const width = dimension(record, 1);
  const heads = dimension(record, 2);
  const size = width / heads;
  const half = size >> 1;
  writeTable(tokens, half, <f64>dimension(record, 3), scratch);
  const valueBytes = (<usize>width) << 2;
  for (let s: u32 = 0; s < samples; ++s) {
    for (let t: u32 = 0; t < tokens; ++t) {
      const table = scratch + ((<usize>t * half) << 3);
      for (let h: u32 = 0; h < 2 * heads; ++h) {
        for (let j: u32 = 0; j < half; ++j) {
          const low = (<usize>(h * size + j)) << 2;
          const high = low + ((<usize>half) << 2);
          const c = load<f32>(table + ((<usize>j) << 3));
          const d: f32 = load<f32>(table + ((<usize>j) << 3), 4) * direction;
          const x = load<f32>(from + low);
          const y = load<f32>(from + high);
          store<f32>(out + low, kept(x * c - y * d));
          store<f32>(out + high, kept(y * c + x * d));
        }
      }
      if (out != from) memory.copy(out + 2 * valueBytes, from + 2 * valueBytes, valueBytes);
      from += 3 * valueBytes;
      out += 3 * valueBytes;
    }
  }
}

function writeTable(tokens: u32, half: u32, base: f64, at: usize): void {
  const step = log(base) / <f64>half;
  for (let t: u32 = 0; t < tokens; ++t) {
    for (let j: u32 = 0; j < half; ++j) {
      const angle = <f64>t * exp(-(<f64>j) * step);
      store<f32>(at, <f32>keptF64(cos(angle)));
      store<f32>(at, <f32>keptF64(sin(angle)), 4);
      at += 8;
    }
  }
}
