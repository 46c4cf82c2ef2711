// SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014. Integer arithmetic
// only. state: u64 at a pointer that the host keeps.

export function nextRandom(state: usize): u64 {
  const s = load<u64>(state) + 0x9e3779b97f4a7c15;
  store<u64>(state, s);
  let z = (s ^ (s >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** Uniform in [0, bound): Lemire, "Fast Random Integer Generation in an Interval", 2019, with rejection: no bias. */
export function randomBelow(state: usize, bound: u32): u32 {
  const negated: u32 = 0 - bound;
  const threshold: u32 = negated % bound;
  while (true) {
    const product = (nextRandom(state) >> 32) * <u64>bound;
    if (<u32>product >= threshold) return <u32>(product >> 32);
  }
}

/** Fisher–Yates over index u32[n]. */
export function shuffle(state: usize, index: usize, n: u32): void {
  for (let i = n; i > 1; --i) {
    const j = randomBelow(state, i);
    const a = index + ((<usize>(i - 1)) << 2);
    const b = index + ((<usize>j) << 2);
    const held = load<u32>(a);
    store<u32>(a, load<u32>(b));
    store<u32>(b, held);
  }
}
