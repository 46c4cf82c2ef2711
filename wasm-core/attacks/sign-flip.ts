import type { Attack } from './attack.ts';

/**
 * Sign flipping: each hostile node sends its own update turned round and enlarged. Li, Xu, Chen, Giannakis, Ling, "RSA:
 * Byzantine-Robust Stochastic Aggregation Methods for Distributed Learning from Heterogeneous Datasets", AAAI 2019.
 */
export const signFlip =
  (scale = 4): Attack =>
  ({ own }) =>
    own.map((update) => update.map((x) => -scale * x));
