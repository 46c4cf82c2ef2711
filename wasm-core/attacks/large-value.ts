import type { Attack } from './attack.ts';

/**
 * Large value: every coordinate the same enormous finite number, the single update with which Blanchard et al. (Krum, NIPS
 * 2017, Lemma 1) show that no linear rule tolerates even one hostile node.
 */
export const largeValue =
  (value = 1e38): Attack =>
  ({ own }) =>
    own.map((update) => update.map(() => value));
