/** Bits of a finite f32 in an order of integers: a < b has lesser bits, equal values the same (−0 as +0). */
export function orderedBits(value: f32): u32 {
  const bits = reinterpret<u32>(value + <f32>0);
  return bits & 0x80000000 ? ~bits : bits | 0x80000000;
}

/** Heap sort of u64[n], ascending. */
export function sortU64(keys: usize, n: u32): void {
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
