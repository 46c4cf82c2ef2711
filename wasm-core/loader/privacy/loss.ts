/**
 * Which neighbour is the one that outcomes are drawn from: the one with the record, which `remove` takes away, or the one
 * without it. Both must be private; without sampling they have the same losses.
 */
export type Direction = 'remove' | 'add';

/** Privacy losses on the grid `step · (first + i)`, with the mass of each, and of a loss without bound. */
export interface Losses {
  step: number;
  first: number;
  masses: Float64Array;
  infinite: number;
}

interface Mechanism {
  noise: number;
  sampling: number;
  direction: Direction;
}

/**
 * The privacy loss L = ln P(x)/Q(x) of x drawn from P, discretised so that every δ(ε) that follows is an upper bound.
 * Where x has the record with chance q: P, Q = (1 − q) N(0, σ²) + q N(1, σ²) and N(0, σ²), or the other way round.
 *
 * "Connect the dots" (Doroshenko, Ghazi, Kamath, Kumar, Manurangsi, 2022): the mass between two points of the grid goes to
 * both so that its P and its Q stay what they are, which spreads P/Q about its mean, and no convex divergence gets less.
 * Here each x does so by itself, which sums to the same: of P(x) the part
 *   (e^(b − L) − 1) / (e^(b − a) − 1)
 * goes to the lower point a, the rest to the upper point b. Integrals by Gauss and Legendre: all terms are positive, so
 * nothing cancels. What lies beyond `tail` of either side counts as the next higher point, or as infinite.
 */
export function lossesOf(mechanism: Mechanism, step: number, tail: number): Losses {
  const { noise, sampling } = mechanism;
  const { density, outcome, loss } = functionsOf(mechanism);
  const { low, high } = outcomesOf(mechanism, tail);
  const first = Math.floor(loss(low) / step);
  const masses = new Float64Array(Math.ceil(loss(high) / step) - first + 1);
  // The density changes over σ, the loss over σ² where it is sampled.
  const panel = Math.min(noise, sampling < 1 ? noise ** 2 : noise) / 2;
  const whole = Math.expm1(step);
  let from = low;
  for (let i = 0; i + 1 < masses.length; i++) {
    const upper = (first + i + 1) * step;
    const to = i + 2 === masses.length ? high : Math.min(high, Math.max(from, outcome(upper)));
    const panels = Math.ceil((to - from) / panel);
    const half = (to - from) / panels / 2;
    for (let p = 0; p < panels; p++) {
      for (const { node, weight } of gauss) {
        const x = from + half * (2 * p + 1 + node);
        const mass = half * weight * density(x);
        const lower = Math.min(1, Math.max(0, Math.expm1(upper - loss(x)) / whole));
        masses[i] = masses[i]! + mass * lower;
        masses[i + 1] = masses[i + 1]! + mass * (1 - lower);
      }
    }
    from = to;
  }
  masses[Math.min(1, masses.length - 1)]! += tail;
  return { step, first, masses, infinite: tail };
}

/** From the least loss to the greatest, but for `tail` on either side. */
export function rangeOf(mechanism: Mechanism, tail: number): number {
  const { loss } = functionsOf(mechanism);
  const { low, high } = outcomesOf(mechanism, tail);
  return loss(high) - loss(low);
}

function outcomesOf({ noise, sampling, direction }: Mechanism, tail: number): { low: number; high: number } {
  const z = deviationsFor(tail);
  const shift = direction === 'remove' ? 1 : 0;
  return { low: (sampling === 1 ? shift : 0) - z * noise, high: shift + z * noise };
}

function functionsOf({ noise, sampling: q, direction }: Mechanism) {
  const variance = noise ** 2;
  const normal = (x: number) => Math.exp(-(x * x) / (2 * variance)) / (noise * Math.sqrt(2 * Math.PI));
  const without = Math.log1p(-q);
  /** ln of the mixture over N(0, σ²), which grows with x. */
  const ratio = (x: number) => {
    const withRecord = Math.log(q) + (2 * x - 1) / (2 * variance);
    const most = Math.max(withRecord, without);
    return most + Math.log1p(Math.exp(Math.min(withRecord, without) - most));
  };
  const inverse = (l: number) =>
    l <= without ? -Infinity : variance * (l + Math.log1p(-Math.exp(without - l)) - Math.log(q)) + 0.5;
  return direction === 'remove'
    ? { density: (x: number) => (1 - q) * normal(x) + q * normal(x - 1), loss: ratio, outcome: inverse }
    : { density: normal, loss: (x: number) => -ratio(-x), outcome: (l: number) => -inverse(-l) };
}

/** z beyond which N(0, 1) has at most this mass, by Mills' bound φ(z) / z. */
function deviationsFor(tail: number): number {
  let z = 1;
  while (Math.exp(-(z * z) / 2) / (z * Math.sqrt(2 * Math.PI)) > tail) z += 1 / 16;
  return z;
}

/** Nodes and weights of Gauss and Legendre on [−1, 1], by Newton's method on the Legendre polynomial. */
const gauss = gaussLegendre(6);

function gaussLegendre(count: number): { node: number; weight: number }[] {
  return Array.from({ length: count }, (_, i) => {
    let node = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let turn = 0; turn < 20; turn++) {
      let [before, value] = [1, node];
      for (let k = 2; k <= count; k++) [before, value] = [value, ((2 * k - 1) * node * value - (k - 1) * before) / k];
      slope = (count * (before - node * value)) / (1 - node * node);
      node -= value / slope;
    }
    return { node, weight: 2 / ((1 - node * node) * slope * slope) };
  });
}
