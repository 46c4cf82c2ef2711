/** Knuth and Lewis's linear congruential generator, the same as in native/main.c: equal inputs give equal results. */
function generator(seed: number): () => number {
  let state = (Math.imul(seed, 2_654_435_761) + 1) | 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0);
}

/** Values in [−1, 1) that differ between rows and columns, so that sorting has work to do. */
export function fillF32(values: Float32Array, seed: number): Float32Array {
  const next = generator(seed);
  for (let i = 0; i < values.length; i++) values[i] = next() / 2 ** 31;
  return values;
}

/** −127 … 127. */
export function fillI8(values: Int8Array, seed: number): Int8Array {
  const next = generator(seed);
  for (let i = 0; i < values.length; i++) {
    const value = next() >> 24;
    values[i] = value === -128 ? 0 : value;
  }
  return values;
}

/** FNV-1a, as native/main.c prints it. */
export function fingerprint(bytes: Uint8Array): number {
  let hash = 2_166_136_261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16_777_619);
  return hash >>> 0;
}
