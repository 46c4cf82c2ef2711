import { CoveyError } from '@covey/errors';
import { describe, expect, it } from 'vitest';
import { privacySpent } from './privacy.ts';

// ε and order as Google's dp-accounting 0.6.0 gives them (RdpAccountant of a self-composed, Poisson-sampled Gaussian event);
// `node scripts/interop/privacy.ts` compares many more. Without sampling with its default orders, with it at the orders 2 … 512.
const published = [
  { sampling: 1, noise: 1, steps: 1, delta: 1e-5, epsilon: 4.728507067217623, order: 5.4 },
  { sampling: 1, noise: 4, steps: 10, delta: 1e-6, epsilon: 4.010376255051982, order: 7.2 },
  { sampling: 1, noise: 0.5, steps: 3, delta: 1e-5, epsilon: 21.44485232771325, order: 2.3 },
  { sampling: 256 / 60_000, noise: 1.12, steps: 14_063, delta: 1e-5, epsilon: 2.521558861805894, order: 8 },
  { sampling: 0.01, noise: 4, steps: 10_000, delta: 1e-5, epsilon: 1.0354900660362436, order: 17 },
  { sampling: 0.1, noise: 2, steps: 100, delta: 1e-6, epsilon: 2.9155929057381087, order: 8 },
  { sampling: 0.5, noise: 0.8, steps: 5, delta: 1e-5, epsilon: 11.711459705760937, order: 3 },
];

describe('privacySpent', () => {
  for (const { epsilon, order, ...parameters } of published) {
    it(`agrees with dp-accounting on ${JSON.stringify(parameters)}`, () => {
      const spent = privacySpent(parameters);
      expect(spent.order).toBeCloseTo(order, 10);
      expect(Math.abs(spent.epsilon / epsilon - 1)).toBeLessThan(1e-9);
    });
  }

  it('gives what the first paper on DP-SGD’s accountant is known for', () => {
    // TensorFlow Privacy's README: MNIST, 60 epochs of batches of 256, noise 1.12, δ = 1e-5: ε = 2.92 at order 9 with the
    // older conversion ρ − ln δ / (α − 1); the newer one is tighter.
    const spent = privacySpent({ sampling: 256 / 60_000, noise: 1.12, steps: 14_063, delta: 1e-5 });
    expect(spent.epsilon).toBeLessThan(2.92);
  });

  it('spends nothing on nothing, everything without noise, and more with each step', () => {
    expect(privacySpent({ noise: 1, steps: 0, delta: 1e-5 }).epsilon).toBe(0);
    expect(privacySpent({ noise: 1, steps: 5, delta: 1e-5, sampling: 0 }).epsilon).toBe(0);
    expect(privacySpent({ noise: 0, steps: 1, delta: 1e-5 }).epsilon).toBe(Infinity);
    const epsilons = [1, 2, 10, 100].map((steps) => privacySpent({ noise: 2, steps, delta: 1e-5 }).epsilon);
    expect(epsilons).toEqual(epsilons.toSorted((a, b) => a - b));
    expect(privacySpent({ noise: 2, steps: 10, delta: 1e-5, sampling: 0.1 }).epsilon).toBeLessThan(epsilons[2]!);
  });

  it('refuses what is no probability', () => {
    for (const bad of [{ delta: 0 }, { delta: 1 }, { sampling: 1.1 }, { noise: -1 }, { steps: 1.5 }]) {
      expect(() => privacySpent({ noise: 1, steps: 1, delta: 1e-5, ...bad })).toThrowError(CoveyError);
    }
  });
});
