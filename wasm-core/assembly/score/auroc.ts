// Area under the ROC curve, exactly, as integers: of all pairs of a positive and a negative, those whose positive has the
// larger score count 2, equal scores 1. Area = sum / (2 · positives · negatives).
// With n < 2^24 scores, p positives among them: the sum is at most 2 · p · (n − p) ≤ n² / 2 < 2^47, far inside u64.
//
// keys u64[n]: the score's bits in an order of integers (−0 as +0), then the label in the lowest bit.

function keyOf(score: f32, label: u32): u64 {
  const bits = reinterpret<u32>(score + <f32>0);
  const ordered = bits & 0x80000000 ? ~bits : bits | 0x80000000;
  return ((<u64>ordered) << 1) | label;
}

/** Heap sort, ascending. */
function sort(keys: usize, n: u32): void {
  for (let i = n >> 1; i > 0; --i) sink(keys, i - 1, n);
  for (let end = n; end > 1; --end) {
    const last = keys + ((<usize>(end - 1)) << 3);
    const held = load<u64>(last);
    store<u64>(last, load<u64>(keys));
    store<u64>(keys, held);
    sink(keys, 0, end - 1);
  }
}

function sink(keys: usize, root: u32, n: u32): void {
  const value = load<u64>(keys + ((<usize>root) << 3));
  let at = root;
  while (true) {
    let child: u32 = 2 * at + 1;
    if (child >= n) break;
    let best = load<u64>(keys + ((<usize>child) << 3));
    if (child + 1 < n) {
      const right = load<u64>(keys + ((<usize>(child + 1)) << 3));
      if (right > best) {
        best = right;
        ++child;
      }
    }
    if (best <= value) break;
    store<u64>(keys + ((<usize>at) << 3), best);
    at = child;
  }
  store<u64>(keys + ((<usize>at) << 3), value);
}

/** scores f32[n], finite; labels u8[n], 0 or 1; n < 2^24. */
export function aurocHalfPairs(scores: usize, labels: usize, n: u32, keys: usize): u64 {
  for (let i: u32 = 0; i < n; ++i) {
    const key = keyOf(load<f32>(scores + ((<usize>i) << 2)), <u32>load<u8>(labels + i));
    store<u64>(keys + ((<usize>i) << 3), key);
  }
  sort(keys, n);
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
