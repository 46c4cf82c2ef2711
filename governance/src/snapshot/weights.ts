/** One voter's weights by the number of the choice (from 1), with its power in wei. */
export interface WeightedBallot {
  choice: Readonly<Record<string, number>>;
  power: bigint;
}

/**
 * Weighted voting: each voter's power is split in proportion to its weights. A share that is no whole number of wei is
 * rounded down, so a voter's parts can fall short of its power by less than one wei a choice.
 */
export function weightedScores(choices: number, ballots: readonly WeightedBallot[]): bigint[] {
  const scores = Array.from({ length: choices }, () => 0n);
  for (const { choice, power } of ballots) {
    const { weights, sum } = wholeWeights(choice);
    for (const [number, weight] of weights) scores[number - 1] = (scores[number - 1] ?? 0n) + (power * weight) / sum;
  }
  return scores;
}

/** Bits behind the point of each square root: far more than the doubles have in which Snapshot counts. */
const ROOT_BITS = 64n;

/**
 * Quadratic voting as snapshot.js counts it (its src/voting/quadratic.ts): a choice gets the square of the sum of the
 * roots of the power that was put on it, and all choices together are scaled down to the power that voted. In fixed
 * point, rounded down, so that every machine gets the same digits.
 */
export function quadraticScores(choices: number, ballots: readonly WeightedBallot[]): bigint[] {
  const roots = Array.from({ length: choices }, () => 0n);
  let total = 0n;
  for (const { choice, power } of ballots) {
    const { weights, sum } = wholeWeights(choice);
    for (const [number, weight] of weights)
      roots[number - 1] = (roots[number - 1] ?? 0n) + squareRoot(((power * weight) << (2n * ROOT_BITS)) / sum);
    total += power;
  }
  const squares = roots.map((root) => root * root);
  const sum = squares.reduce((a, b) => a + b, 0n);
  return squares.map((square) => (sum === 0n ? 0n : (total * square) / sum));
}

/** Weights as whole numbers in the same proportion: a decimal like 0.25 becomes exactly 25 of hundredths. */
function wholeWeights(choice: Readonly<Record<string, number>>): { weights: [number, bigint][]; sum: bigint } {
  const decimals = Object.entries(choice).map(([key, weight]) => ({ number: Number(key), ...decimal(weight) }));
  const places = Math.max(0, ...decimals.map((one) => one.places));
  const weights = decimals.map(({ number, digits, places: own }): [number, bigint] => [
    number,
    digits * 10n ** BigInt(places - own),
  ]);
  return { weights, sum: weights.reduce((a, [, weight]) => a + weight, 0n) };
}

/** A double as the shortest decimal that stands for it, which is how JSON wrote it: digits / 10^places. */
function decimal(value: number): { digits: bigint; places: number } {
  const [mantissa = '0', exponent = '0'] = value.toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

/** The largest whole number whose square is not above `value` (Newton's method from above). */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
