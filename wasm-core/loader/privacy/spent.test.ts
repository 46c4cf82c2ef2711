import { CoveyError } from '@covey/errors';
import { describe, expect, it } from 'vitest';
import { composePrivacy, noiseFor, privacySpent } from './spent.ts';

const compared = [
  { releases: [{ sampling: 256 / 60_000, noise: 2, steps: 1000 }], delta: 1e-5, epsilon: 0.245682 },
  {
    releases: [
      { sampling: 1, noise: 4, steps: 10 },
      { sampling: 1, noise: 2, steps: 3 },
    ],
    delta: 1e-5,
    epsilon: 5.268866,
  },
  {
    releases: [
      { sampling: 0.01, noise: 1, steps: 500 },
      { sampling: 0.02, noise: 0.8, steps: 100 },
    ],
    delta: 1e-5,
    epsilon: 2.838685,
  },
  {
    releases: [
      { sampling: 1, noise: 8, steps: 20 },
      { sampling: 0.1, noise: 2, steps: 50 },
    ],
    delta: 1e-6,
    epsilon: 3.226307,
  },
];

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

describe('the Rényi accountant', () => {
  for (const { epsilon, order, ...parameters } of published) {
    it(`agrees with dp-accounting on ${JSON.stringify(parameters)}`, () => {
      const spent = privacySpent({ ...parameters, accountant: 'rdp' });
      expect(spent.order).toBeCloseTo(order, 10);
      expect(Math.abs(spent.epsilon / epsilon - 1)).toBeLessThan(1e-9);
    });
  }

  it('gives what the first paper on DP-SGD’s accountant is known for', () => {
    // TensorFlow Privacy's README: MNIST, 60 epochs of batches of 256, noise 1.12, δ = 1e-5: ε = 2.92 at order 9 with the
    // older conversion ρ − ln δ / (α − 1); the newer one is tighter.
    const spent = privacySpent({ sampling: 256 / 60_000, noise: 1.12, steps: 14_063, delta: 1e-5, accountant: 'rdp' });
    expect(spent.epsilon).toBeLessThan(2.92);
  });
});

/** ln Φ(x): a series near 0, else the continued fraction of its tail; Φ to about 1e-15 of its value. */
function logNormal(x: number): number {
  if (x > 0) return Math.log1p(-normal(-x));
  if (x > -3) {
    let [term, sum] = [x, x];
    for (let k = 1; k < 100; k++) sum += term *= (x * x) / (2 * k + 1);
    return Math.log(0.5 + (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum);
  }
  let fraction = -x;
  for (let k = 200; k > 0; k--) fraction = -x + k / fraction;
  return (-x * x) / 2 - Math.log(fraction * Math.sqrt(2 * Math.PI));
}

const normal = (x: number): number => Math.exp(logNormal(x));

/** The least ε with δ(ε) ≤ δ, by bisection. */
function solve(deltaAt: (epsilon: number) => number, delta: number): number {
  let [low, high] = [0, 1e13];
  if (deltaAt(0) <= delta) return 0;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (deltaAt(middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}

/** Balle, Wang, "Improving the Gaussian Mechanism for Differential Privacy", 2018, theorem 8. */
const exactGaussian = (noise: number, delta: number) =>
  solve((e) => normal(0.5 / noise - e * noise) - Math.exp(e + logNormal(-0.5 / noise - e * noise)), delta);

/** One sampled release: P(L > ε) − e^ε Q(L > ε), where L passes ε at one outcome. */
function exactSampled(noise: number, q: number, delta: number): number {
  const threshold = (l: number) => noise ** 2 * Math.log((Math.exp(l) - (1 - q)) / q) + 0.5;
  const above = (x: number) =>
    [normal(-x / noise), (1 - q) * normal(-x / noise) + q * normal((1 - x) / noise)] as const;
  const remove = (e: number) => {
    const [without, mixed] = above(threshold(e));
    return mixed - Math.exp(e) * without;
  };
  const add = (e: number) => {
    if (-e <= Math.log1p(-q)) return 0;
    const [without, mixed] = above(threshold(-e));
    return 1 - without - Math.exp(e) * (1 - mixed);
  };
  return Math.max(solve(remove, delta), solve(add, delta));
}

// The bound that rounding of doubles leaves to a comparison of two ways to the same number.
const ROUNDING = 1e-9;

describe('the accountant of privacy loss distributions', () => {
  it.each([0.001, 0.05, 0.6, 1, 5, 100])('gives the exact curve of the Gaussian mechanism at noise %f', (noise) => {
    for (const delta of [1e-3, 1e-8]) {
      for (const steps of [1, 5000]) {
        const exact = exactGaussian(noise / Math.sqrt(steps), delta);
        const { epsilon } = privacySpent({ noise, steps, delta });
        expect(epsilon).toBeGreaterThanOrEqual(exact * (1 - ROUNDING));
        expect(epsilon).toBeLessThanOrEqual(exact * 1.001 + 1e-6);
        expect(epsilon).toBeLessThan(privacySpent({ noise, steps, delta, accountant: 'rdp' }).epsilon);
      }
    }
  });

  it.each([0.9, 0.5, 0.1, 0.01])('gives the exact curve of one release with sampling %f', (sampling) => {
    for (const noise of [0.5, 0.8, 2]) {
      const exact = exactSampled(noise, sampling, 1e-5);
      const { epsilon } = privacySpent({ noise, steps: 1, delta: 1e-5, sampling });
      expect(epsilon).toBeGreaterThanOrEqual(exact * (1 - ROUNDING));
      expect(epsilon).toBeLessThanOrEqual(exact * 1.001 + 1e-6);
    }
  });

  // ε as dp-accounting 0.6.0 gives it (PLDAccountant, its grid of 1e-4).
  it.each(compared)('agrees with dp-accounting on $releases', ({ releases, delta, epsilon }) => {
    const spent = composePrivacy({ releases, delta });
    expect(Math.abs(spent.epsilon / epsilon - 1)).toBeLessThan(0.001);
    expect(spent.epsilon).toBeLessThan(composePrivacy({ releases, delta, accountant: 'rdp' }).epsilon);
  });

  it('composes what changes between rounds as it does equal rounds', () => {
    const parts = [3, 4, 13].map((steps) => ({ noise: 1.5, steps, sampling: 0.05 }));
    const whole = privacySpent({ noise: 1.5, steps: 20, sampling: 0.05, delta: 1e-6 });
    expect(composePrivacy({ releases: parts, delta: 1e-6 })).toEqual(whole);
    const louder = composePrivacy({ releases: [...parts, { noise: 1, steps: 1, sampling: 0.05 }], delta: 1e-6 });
    expect(louder.epsilon).toBeGreaterThan(whole.epsilon);
  });

  it('falls back on the Rényi bound where doubles reach neither δ nor the losses', () => {
    const bare = { noise: 1e-5, steps: 1, sampling: 0.5, delta: 1e-5 };
    expect(privacySpent(bare).epsilon).toBe(privacySpent({ ...bare, accountant: 'rdp' }).epsilon);
    const tiny = { noise: 1, steps: 1000, sampling: 0.01, delta: 1e-15 };
    const spent = privacySpent(tiny);
    expect(spent.epsilon).toBe(privacySpent({ ...tiny, accountant: 'rdp' }).epsilon);
  });
});

describe('the noise that a budget asks for', () => {
  it.each([
    { epsilon: 2, delta: 1e-5, steps: 10 },
    { epsilon: 0.5, delta: 1e-6, steps: 100, sampling: 0.05 },
    { epsilon: 8, delta: 1e-5, steps: 20, accountant: 'rdp' as const },
  ])('stays within it, and is not more than needed: $epsilon', ({ epsilon, ...parameters }) => {
    const noise = noiseFor({ epsilon, ...parameters });
    expect(privacySpent({ noise, ...parameters }).epsilon).toBeLessThanOrEqual(epsilon);
    expect(privacySpent({ noise: noise * 0.999, ...parameters }).epsilon).toBeGreaterThan(epsilon);
  });
});

describe('both accountants', () => {
  it.each(['rdp', 'pld'] as const)('%s: nothing on nothing, all without noise, more with each step', (accountant) => {
    const spend = (parameters: Parameters<typeof privacySpent>[0]) => privacySpent({ ...parameters, accountant });
    expect(spend({ noise: 1, steps: 0, delta: 1e-5 }).epsilon).toBe(0);
    expect(spend({ noise: 1, steps: 5, delta: 1e-5, sampling: 0 }).epsilon).toBe(0);
    expect(spend({ noise: 0, steps: 1, delta: 1e-5 }).epsilon).toBe(Infinity);
    expect(spend({ noise: 0, steps: 1, delta: 1e-5, sampling: 0.1 }).epsilon).toBe(Infinity);
    const epsilons = [1, 2, 10, 100].map((steps) => spend({ noise: 2, steps, delta: 1e-5 }).epsilon);
    expect(epsilons).toEqual(epsilons.toSorted((a, b) => a - b));
    expect(spend({ noise: 2, steps: 10, delta: 1e-5, sampling: 0.1 }).epsilon).toBeLessThan(epsilons[2]!);
  });

  it('refuses what is no probability', () => {
    for (const bad of [{ delta: 0 }, { delta: 1 }, { sampling: 1.1 }, { noise: -1 }, { steps: 1.5 }]) {
      expect(() => privacySpent({ noise: 1, steps: 1, delta: 1e-5, ...bad })).toThrowError(CoveyError);
    }
  });
});
