import { kept, keptF64 } from '../vector/faint';
import { exp, log } from './exp-log';
import { dimension } from './program';
import { cos, sin } from './sin-cos';

// Rotary positions: Su et al., "RoFormer", 2021. In each head of queries and keys, the pair (x_j, x_{j+h/2}) turns by
// the angle t · base^(−2j/h) at position t (GPT-NeoX's pairing). Input rows are queries | keys | values.
//
// Longer texts than a model was first trained on divide the angles by a factor: all of them, or by Llama 3's rule those of
// pairs that turn less than `low` times within so many tokens, and in part those that turn less than `high` times.
//
// dimensions: tokens, heads, heads of keys, size h, base, factor f32, low f32, high f32, tokens of the rule (0: none).
// scratch: f32[tokens][h/2][cos, sin]

/** direction +1 turns forth, −1 back (the gradient). out may be from. */
export function rotate(record: usize, from: usize, out: usize, samples: u32, direction: f32, scratch: usize): void {
  const tokens = dimension(record, 0);
  writeAngles(record, 0, tokens, scratch);
  const bytes = <usize>tokens * rowBytesOf(record);
  for (let s: u32 = 0; s < samples; ++s) {
    turnRows(record, from, out, tokens, direction, scratch);
    from += bytes;
    out += bytes;
  }
}

function rowBytesOf(record: usize): usize {
  return (<usize>((dimension(record, 1) + 2 * dimension(record, 2)) * dimension(record, 3))) << 2;
}

/** Turns rows whose angles the table holds. */
export function turnRows(record: usize, from: usize, out: usize, rows: u32, direction: f32, table: usize): void {
  const turning = dimension(record, 1) + dimension(record, 2);
  const size = dimension(record, 3);
  const half = size >> 1;
  const turned = (<usize>(turning * size)) << 2;
  const valueBytes = (<usize>(dimension(record, 2) * size)) << 2;
  for (let t: u32 = 0; t < rows; ++t) {
    for (let h: u32 = 0; h < turning; ++h) {
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
    if (out != from) memory.copy(out + turned, from + turned, valueBytes);
    from += turned + valueBytes;
    out += turned + valueBytes;
    table += (<usize>half) << 3;
  }
}

/** The table of positions first … first + tokens − 1. */
export function writeAngles(record: usize, first: u32, tokens: u32, table: usize): void {
  const half = dimension(record, 3) >> 1;
  const step = log(<f64>dimension(record, 4)) / <f64>half;
  for (let j: u32 = 0; j < half; ++j) {
    const speed = slowed(record, exp(-(<f64>j) * step));
    for (let t: u32 = 0; t < tokens; ++t) {
      const angle = <f64>(first + t) * speed;
      const place = table + ((<usize>t * half + j) << 3);
      store<f32>(place, <f32>keptF64(cos(angle)));
      store<f32>(place, <f32>keptF64(sin(angle)), 4);
    }
  }
}

const TURN: f64 = 6.283185307179586;

/** Radians a token of a pair, as the factor changes them. */
function slowed(record: usize, speed: f64): f64 {
  const factor = <f64>reinterpret<f32>(dimension(record, 5));
  const length = <f64>dimension(record, 8);
  if (length == 0) return speed / factor;
  const low = <f64>reinterpret<f32>(dimension(record, 6));
  const high = <f64>reinterpret<f32>(dimension(record, 7));
  const turns = (length * speed) / TURN;
  if (turns > high) return speed;
  if (turns < low) return speed / factor;
  const part = (turns - low) / (high - low);
  return (1.0 - part) * (speed / factor) + part * speed;
}
