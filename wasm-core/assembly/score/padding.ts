import { dimension } from './program';
import { integerAt } from './value-at';

// What operations on whole texts read of their tokens, which are filled up to their length with a padding token.
// dimensions: tokens a sample, …, [4] type of tokens, [5] the padding token.

export function isPadding(record: usize, inputs: usize, sample: u32, t: u32): bool {
  const place = <usize>sample * dimension(record, 0) + t;
  return integerAt(inputs, place, dimension(record, 4)) == dimension(record, 5);
}

/** Tokens up to the last that is not padding; 0 where there is none. */
export function textLength(record: usize, inputs: usize, sample: u32): u32 {
  let length = dimension(record, 0);
  while (length > 0 && isPadding(record, inputs, sample, length - 1)) --length;
  return length;
}
