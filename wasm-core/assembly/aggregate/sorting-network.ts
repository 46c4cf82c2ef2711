// Batcher's odd-even merge sort for any n: Knuth, The Art of Computer Programming 3, 5.2.2 (the network for the next power
// of two without the wires from n on, which would hold +∞). Pruned backwards to the wires that are read.
//
// Eight wires at a time are sorted or merged in registers, as far as sixteen vector registers allow:
//   SORT_8     sorts wires a … a + 7: the levels p = 1, 2, 4 of the network
//   MERGE_4_4  merges wires a, a + s, a + 2s, a + 3s with a + 4s … a + 7s: the first three steps of a merge
//   MIN, MAX, BOTH  compares wires a and b, keeping only what is needed: the last steps
// Table entry, u32: kind << 20 | a << 10 | b (second wire, or s), so n ≤ 1024. Small, as it shares L1 with the tile.

export const ENTRY: usize = 4;
export const MIN: u32 = 1;
export const MAX: u32 = 2;
export const BOTH: u32 = 3;
export const SORT_8: u32 = 4;
export const MERGE_4_4: u32 = 5;

/** Upper bound of table bytes, including n flag bytes for the pruning. */
export function networkBytes(n: f64): f64 {
  let t: f64 = 1;
  for (let p: f64 = 2; p < n; p *= 2) t += 1;
  return (n * t * (t + 1) * 0.25 + n * (t + 1)) * 4 + n + 64;
}

/** Writes a network that sorts wires [0, n) at `table`; returns the table's end. */
export function appendSort(n: u32, table: usize): usize {
  return appendMerges(0, n, appendGroups(0, n, table));
}

/** One that sorts wires [0, half) and [half, n) apart. SORT_8 come first, ascending. */
export function appendHalves(half: u32, n: u32, table: usize): usize {
  const groups = appendGroups(half, n - half, appendGroups(0, half, table));
  return appendMerges(half, n - half, appendMerges(0, half, groups));
}

function appendGroups(first: u32, n: u32, table: usize): usize {
  let to = table;
  for (let a: u32 = 0; a + 8 <= n; a += 8) to = append(to, SORT_8, first + a, 0);
  return to;
}

/** Sorts wires [first, first + n), of which whole groups of eight are sorted. */
function appendMerges(first: u32, n: u32, table: usize): usize {
  let to = table;
  const whole = n & ~7;
  for (let p: u32 = 1; p < n; p <<= 1) {
    let k = p;
    if (p >= 8) {
      const s = p >> 2;
      for (let block: u32 = 0; block + p < n; block += 2 * p) {
        for (let r: u32 = 0; r < s; ++r) {
          const a = block + r;
          if (a + 7 * s < n) to = append(to, MERGE_4_4, first + a, s);
          else to = appendMerge(first, n, a, s, to);
        }
      }
      k = p >> 3;
    }
    for (; k > 0; k >>= 1) {
      // Levels below 8 only where a block of eight is not whole.
      const begin = p < 8 ? whole : 0;
      for (let j = k & (p - 1); j + k < n; j += 2 * k) {
        for (let i: u32 = 0; i < k && i + j + k < n; ++i) {
          const a = i + j;
          if (a < begin || a / (2 * p) != (a + k) / (2 * p)) continue;
          to = append(to, BOTH, first + a, first + a + k);
        }
      }
    }
  }
  return to;
}

/** MERGE_4_4 as comparators, of the wires below n. */
function appendMerge(first: u32, n: u32, a: u32, s: u32, table: usize): usize {
  let to = table;
  for (let w: u32 = 0; w < 4; ++w) to = appendBelow(first, n, a + w * s, a + (w + 4) * s, to);
  for (let w: u32 = 2; w < 4; ++w) to = appendBelow(first, n, a + w * s, a + (w + 2) * s, to);
  for (let w: u32 = 1; w < 7; w += 2) to = appendBelow(first, n, a + w * s, a + (w + 1) * s, to);
  return to;
}

function appendBelow(first: u32, n: u32, a: u32, b: u32, to: usize): usize {
  return b < n ? append(to, BOTH, first + a, first + b) : to;
}

function append(to: usize, kind: u32, a: u32, b: u32): usize {
  store<u32>(to, (kind << 20) | (a << 10) | b);
  return to + ENTRY;
}

/** Drops what the wires [low, high) do not need; flags of n wires are kept behind the table. Returns the new end. */
export function prune(table: usize, end: usize, n: u32, low: u32, high: u32): usize {
  for (let i: u32 = 0; i < n; ++i) store<u8>(end + i, i >= low && i < high ? 1 : 0);
  for (let at = end; at > table;) {
    at -= ENTRY;
    const entry = load<u32>(at);
    const kind = entry >> 20;
    const a = (entry >> 10) & 1023;
    const b = entry & 1023;
    if (kind == SORT_8 || kind == MERGE_4_4) {
      const s = kind == SORT_8 ? 1 : b;
      let needed: u32 = 0;
      for (let w: u32 = 0; w < 8; ++w) needed |= load<u8>(end + a + w * s);
      for (let w: u32 = 0; w < 8; ++w) store<u8>(end + a + w * s, <u8>needed);
      if (!needed) store<u32>(at, 0);
    } else {
      const keep = (<u32>load<u8>(end + a)) | ((<u32>load<u8>(end + b)) << 1);
      store<u32>(at, keep ? (keep << 20) | (entry & 0xfffff) : 0);
      if (keep) {
        store<u8>(end + a, 1);
        store<u8>(end + b, 1);
      }
    }
  }
  let to = table;
  for (let at = table; at < end; at += ENTRY) {
    if (!load<u32>(at)) continue;
    store<u32>(to, load<u32>(at));
    to += ENTRY;
  }
  return to;
}
