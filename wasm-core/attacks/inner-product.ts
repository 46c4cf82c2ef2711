import { copies, meanOf, type Attack } from './attack.ts';

/**
 * IPM, inner-product manipulation: −ε times the mean of the honest updates, so that the aggregate's inner product with it
 * may turn negative. A mean over n with f hostile ones turns at ε > (n − f) / f; a small ε hides among the honest
 * instead. Xie, Koyejo, Gupta, "Fall of Empires: Breaking Byzantine-Tolerant SGD by Inner Product Manipulation", UAI 2019.
 */
export const innerProduct =
  (epsilon = 0.5): Attack =>
  ({ honest, own }) =>
    copies(
      Float32Array.from(meanOf(honest), (x) => -epsilon * x),
      own.length,
    );
