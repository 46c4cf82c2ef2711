import { fourier } from './fourier.ts';
import { lossesOf, rangeOf, type Direction, type Losses } from './loss.ts';
import type { Release } from './release.ts';

/** Points of the grid of composed losses. */
const POINTS = 2 ** 16;
/** Of δ, what all that is cut off may cost together. */
const CUT = 1e-6;
/** Of the losses' range: below it nothing is told apart. */
const FINEST = 1e-6;
/** Points of one release's grid: bounds memory where many releases of little loss have one of much. */
const MOST_POINTS = 2 ** 20;

type Group = Losses & { steps: number };

/**
 * ε at δ of all releases together, by their privacy loss distributions: losses add up, so distributions convolve (Koskela,
 * Jälkö, Honkela, "Computing Tight Differential Privacy Guarantees Using FFT", 2020). An upper bound: see `lossesOf` for the
 * grid; what falls out of the window and what rounding may have taken is added to δ. Infinity where δ is less than that.
 */
export function lossEpsilon(releases: readonly Required<Release>[], delta: number): number {
  if (releases.length === 0) return 0;
  if (releases.some(({ noise }) => noise === 0)) return Infinity;
  const directions: Direction[] = releases.every(({ sampling }) => sampling === 1) ? ['remove'] : ['remove', 'add'];
  return Math.max(...directions.map((direction) => epsilonIn(releases, delta, direction)));
}

function epsilonIn(releases: readonly Required<Release>[], delta: number, direction: Direction): number {
  const count = releases.reduce((sum, { steps }) => sum + steps, 0);
  const cut = (delta * CUT) / 4;
  const groupsAt = (step: number) =>
    releases.map((one) => ({ ...lossesOf({ ...one, direction }, step, cut / count), steps: one.steps }));
  // A first guess, then the step at which the window fits the grid: a finer one makes the window smaller in turn.
  const widest = Math.max(FINEST, ...releases.map((one) => rangeOf({ ...one, direction }, cut / count)));
  // Where hardly anything is noised, all outcomes without the record may have one loss.
  let step = widest / 2 ** 12;
  // e^step must be a double.
  if (step > 700) return Infinity;
  let groups = groupsAt(step);
  let window = windowOf(groups, cut);
  for (let turn = 0; turn < 6; turn++) {
    const filled = (window.high - window.low) / (step * POINTS);
    const next = Math.max(step * filled * 1.1, widest / MOST_POINTS);
    if (filled <= 1 && next > step / 2) break;
    step = next;
    groups = groupsAt(step);
    window = windowOf(groups, cut);
  }
  if (window.high - window.low > step * POINTS) return Infinity;
  const base = Math.floor(window.low / step);
  const { masses, rounding } = convolved(groups, base);
  const infinite = groups.reduce((sum, group) => sum + group.steps * group.infinite, 2 * cut + rounding);
  return epsilonOf({ step, first: base, masses, infinite }, delta);
}

/** Losses between which all but `cut` on either side lies, by Chernoff's bound: P(L ≥ h) ≤ E e^(sL) / e^(sh). */
function windowOf(groups: readonly Group[], cut: number): { low: number; high: number } {
  const moments = groups.map(momentsOf);
  const variance = moments.reduce((sum, one, g) => sum + groups[g]!.steps * one.variance, 0);
  const deviation = Math.max(groups[0]!.step, Math.sqrt(variance));
  const edge = (sign: 1 | -1) => {
    let best = groups.reduce((sum, { steps, first, masses, step }) => {
      return sum + steps * step * (sign === 1 ? first + masses.length - 1 : -first);
    }, 0);
    for (let doubling = -4; doubling <= 2; doubling += 0.5) {
      const s = (2 ** doubling * Math.sqrt(-2 * Math.log(cut))) / deviation;
      const log = groups.reduce((sum, group) => sum + group.steps * logMoment(group, sign * s), 0);
      best = Math.min(best, (log - Math.log(cut)) / s);
    }
    return best;
  };
  return { low: -edge(-1), high: edge(1) };
}

function momentsOf({ masses, first, step }: Losses): { mean: number; variance: number } {
  let mean = 0;
  let square = 0;
  masses.forEach((mass, i) => (mean += mass * (first + i) * step));
  masses.forEach((mass, i) => (square += mass * ((first + i) * step - mean) ** 2));
  return { mean, variance: square };
}

/** ln Σ mass · e^(s · loss). */
function logMoment({ masses, first, step }: Losses, s: number): number {
  const most = s * step * (s > 0 ? first + masses.length - 1 : first);
  let sum = 0;
  masses.forEach((mass, i) => (sum += mass * Math.exp(s * step * (first + i) - most)));
  return most + Math.log(sum);
}

/**
 * Masses of the sum of all losses, from the grid's point `base` on. Circular: what lies outside of the window turns up at
 * its other end, so indices may be taken modulo the window from the start.
 */
function convolved(groups: readonly Group[], base: number): { masses: Float64Array; rounding: number } {
  const real = new Float64Array(POINTS).fill(1);
  const imaginary = new Float64Array(POINTS);
  let steps = 0;
  for (const group of groups) {
    const one = new Float64Array(POINTS);
    const zero = new Float64Array(POINTS);
    group.masses.forEach((mass, i) => (one[modulo(group.first + i)]! += mass));
    fourier(one, zero);
    for (let power = group.steps; power > 0; power = Math.floor(power / 2)) {
      if (power % 2 === 1) multiply(real, imaginary, one, zero);
      if (power > 1) multiply(one, zero, one, zero);
    }
    steps += group.steps;
  }
  fourier(real, imaginary, true);
  const masses = new Float64Array(POINTS);
  for (let i = 0; i < POINTS; i++) masses[i] = Math.max(0, real[modulo(base + i)]! / POINTS);
  // An error in every value of the transform of log₂ N roundings, as many times as it is multiplied, is as large in the
  // L2 norm of the masses, and in their sum at most √N times that.
  const norm = Math.sqrt(masses.reduce((sum, mass) => sum + mass * mass, 0));
  const rounding = Number.EPSILON * Math.log2(POINTS) * (steps + 2) * Math.sqrt(POINTS) * norm;
  return { masses, rounding };
}

function modulo(index: number): number {
  return ((index % POINTS) + POINTS) % POINTS;
}

/** In place: a ← a · b, of complex numbers. */
function multiply(re: Float64Array, im: Float64Array, byRe: Float64Array, byIm: Float64Array): void {
  for (let i = 0; i < re.length; i++) {
    const [a, b, c, d] = [re[i]!, im[i]!, byRe[i]!, byIm[i]!];
    re[i] = a * c - b * d;
    im[i] = a * d + b * c;
  }
}

/**
 * The least ε ≥ 0 with δ(ε) = infinite + Σ_{L > ε} mass · (1 − e^(ε − L)) ≤ δ; between two points of the grid the sums
 * stay, so there it is solved for ε.
 */
function epsilonOf({ step, first, masses, infinite }: Losses, delta: number): number {
  if (infinite > delta) return Infinity;
  // Σ mass and Σ mass · e^(ε − L) over the losses from this point up, at ε = this point.
  let above = 0;
  let weighed = 0;
  for (let i = masses.length - 1; i >= 0; i--) {
    const epsilon = step * (first + i);
    if (epsilon + step <= 0) return 0;
    above += masses[i]!;
    weighed += masses[i]!;
    const next = weighed * Math.exp(-step);
    const exceeded = infinite + above - next > delta;
    // Below the lowest point the sums stay.
    if (exceeded || i === 0) return Math.max(0, epsilon + Math.log(Math.max(0, infinite + above - delta) / weighed));
    weighed = next;
  }
  return 0;
}
