/**
 * How a token is drawn, so that every machine draws the same: a weight for each token is an integer, computed with nothing
 * but +, −, ×, ÷ and ⌊⌋ of doubles, which IEEE 754 defines to the last bit.
 */

/** Doubles nearest to 1 / ln 2, and to ln 2 in two parts: the first has 32 bits, so that k times it is exact. */
const LOG2_E = 1.4426950408889634;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** 1/n! for n from 13 down to 0: below 2^-57 of e^r for |r| ≤ ln 2 / 2. */
const TAYLOR = [
  1 / 6227020800,
  1 / 479001600,
  1 / 39916800,
  1 / 3628800,
  1 / 362880,
  1 / 40320,
  1 / 5040,
  1 / 720,
  1 / 120,
  1 / 24,
  1 / 6,
  1 / 2,
  1,
  1,
];
/** The weight of the likeliest token; what is below half of 1 is never drawn. 2^18 tokens of it are below 2^53. */
const WEIGHT_ONE = 2 ** 32;

/** e^x for x ≤ 0, times 2^32, rounded to an integer: ±1. */
function weightOf(x: number): number {
  if (x < -23) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let power = 0;
  for (const term of TAYLOR) power = power * r + term;
  // k ≥ −34: exact.
  for (let i = k; i < 0; i++) power *= 0.5;
  return Math.floor(power * WEIGHT_ONE + 0.5);
}

/** The largest output, the lowest token of equal ones: what temperature 0 says. */
export function likeliest(outputs: Float32Array): number {
  let best = 0;
  for (let i = 1; i < outputs.length; i++) if (outputs[i]! > outputs[best]!) best = i;
  return best;
}

/**
 * A token by its output z: its weight is ⌊2^32 · e^((z − max z) / t) + ½⌋ with t the temperature in thousandths over 1000,
 * and the first token whose running sum of weights is above ⌊u · sum / 2^64⌋ is said. `u` has 64 bits.
 */
export function drawToken(outputs: Float32Array, temperature: number, u: bigint): number {
  const top = outputs[likeliest(outputs)]!;
  let sum = 0;
  const sums = new Float64Array(outputs.length);
  for (let i = 0; i < outputs.length; i++) {
    sum += weightOf(((outputs[i]! - top) * 1000) / temperature);
    sums[i] = sum;
  }
  const point = Number((u * BigInt(sum)) >> 64n);
  return sums.findIndex((below) => below > point);
}

const MASK = (1n << 64n) - 1n;

/** The numbers of a seed: SplitMix64 (Steele, Lea, Flood, 2014), one for each token. */
export function drawsOf(seed: number): () => bigint {
  let state = BigInt(seed);
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  };
}
