// Batcher's merge exchange for any n: Knuth, The Art of Computer Programming 3, 5.2.2, Algorithm M.
// Pruned backwards to the wires [low, high) that are read, as only those order statistics are needed.
//
// Table entry, 12 bytes: u32 a, u32 b (wires, a < b, smaller value goes to a), u32 keep (1: a only, 2: b only, 3: both).

const ENTRY: usize = 12;

/** Upper bound of table bytes, including n flag bytes for the pruning. */
export function networkBytes(n: f64): f64 {
  let t: f64 = 1;
  for (let p: f64 = 2; p < n; p *= 2) t += 1;
  return n * t * (t + 1) * 0.25 * 12 + 12 * n * (t + 1) + n + 64;
}

/** Writes the table at `table`, flags at its end; returns the number of comparators, first to last. */
export function buildNetwork(n: u32, low: u32, high: u32, table: usize): u32 {
  let count: u32 = 0;
  if (n > 1) {
    let top: u32 = 1;
    while (top < n - top) top <<= 1;
    for (let p = top; p > 0; p >>= 1) {
      let q = top;
      let r: u32 = 0;
      let distance = p;
      while (true) {
        for (let i: u32 = 0; i + distance < n; ++i) {
          if ((i & p) != r) continue;
          const at = table + <usize>count * ENTRY;
          store<u32>(at, i);
          store<u32>(at, i + distance, 4);
          ++count;
        }
        if (q == p) break;
        distance = q - p;
        q >>= 1;
        r = p;
      }
    }
  }
  const needed = table + <usize>count * ENTRY;
  for (let i: u32 = 0; i < n; ++i) store<u8>(needed + i, i >= low && i < high ? 1 : 0);
  for (let at = needed; at > table;) {
    at -= ENTRY;
    const a = needed + load<u32>(at);
    const b = needed + load<u32>(at, 4);
    const keep = (<u32>load<u8>(a)) | ((<u32>load<u8>(b)) << 1);
    store<u32>(at, keep, 8);
    if (keep) {
      store<u8>(a, 1);
      store<u8>(b, 1);
    }
  }
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; ++i) {
    const from = table + <usize>i * ENTRY;
    if (!load<u32>(from, 8)) continue;
    const to = table + <usize>kept * ENTRY;
    memory.copy(to, from, ENTRY);
    ++kept;
  }
  return kept;
}
