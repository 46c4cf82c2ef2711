import type { Attack } from './attack.ts';

/**
 * Gaussian: independent noise N(0, σ²) in every coordinate, drawn from a seed. Xie, Koyejo, Gupta, "Generalized
 * Byzantine-tolerant SGD", 2018 (there σ = 200).
 */
export const gaussian =
  (sigma = 200): Attack =>
  ({ own, seed }) => {
    const uniform = uniforms(seed);
    return own.map((update) =>
      // Box and Muller; 1 − u keeps the logarithm's argument above zero.
      update.map(() => sigma * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())),
    );
  };

/** Mulberry32 (Ettinger): a small seeded generator, for attacks only. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
