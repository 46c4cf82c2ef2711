import { orderedBits, sortU64 } from '../vector/sort-u64';

// Area under the ROC curve, exactly, as integers: of all pairs of a positive and a negative, those whose positive has the
// larger score count 2, equal scores 1. Area = sum / (2 · positives · negatives).
// With n < 2^24 scores, p positives among them: the sum is at most 2 · p · (n − p) ≤ n² / 2 < 2^47, far inside u64.
//
// keys u64[n]: the score's bits in an order of integers (−0 as +0), then the label in the lowest bit.

/** scores f32[n], finite; labels u8[n], 0 or 1; n < 2^24. */
export function aurocHalfPairs(scores: usize, labels: usize, n: u32, keys: usize): u64 {
  for (let i: u32 = 0; i < n; ++i) {
    const ordered = orderedBits(load<f32>(scores + ((<usize>i) << 2)));
    store<u64>(keys + ((<usize>i) << 3), ((<u64>ordered) << 1) | load<u8>(labels + i));
  }
  sortU64(keys, n);
  let total: u64 = 0;
  let below: u64 = 0;
  let i: u32 = 0;
  while (i < n) {
    const score = load<u64>(keys + ((<usize>i) << 3)) >> 1;
    let positives: u64 = 0;
    let negatives: u64 = 0;
    for (; i < n; ++i) {
      const key = load<u64>(keys + ((<usize>i) << 3));
      if (key >> 1 != score) break;
      if (key & 1) ++positives;
      else ++negatives;
    }
    total += positives * (2 * below + negatives);
    below += negatives;
  }
  return total;
}
