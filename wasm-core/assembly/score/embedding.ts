import { dimension } from './program';
import { integerAt } from './value-at';

// dimensions: type of tokens, tokens a sample in the input (one more than are embedded: the last is only a target),
// vocabulary, width, embedded tokens.

/** Token t of the sample; the loader has checked that it is in the vocabulary. */
export function tokenAt(record: usize, inputs: usize, sample: u32, t: u32): u32 {
  const place = <usize>sample * dimension(record, 1) + t;
  return integerAt(inputs, place, dimension(record, 0));
}

/** out f32[count][tokens][width]: rows of the table. */
export function embed(record: usize, inputs: usize, index: usize, count: u32, table: usize, out: usize): void {
  const tokens = dimension(record, 4);
  const rowBytes = (<usize>dimension(record, 3)) << 2;
  for (let i: u32 = 0; i < count; ++i) {
    const sample = load<u32>(index + ((<usize>i) << 2));
    for (let t: u32 = 0; t < tokens; ++t) {
      memory.copy(out, table + <usize>tokenAt(record, inputs, sample, t) * rowBytes, rowBytes);
      out += rowBytes;
    }
  }
}
