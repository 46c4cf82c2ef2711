/** 2^32: units of a nat. */
export const UNIT = 4_294_967_296;
/** Contributions are below 2^90, far beyond what a loss can be: a prediction's is at most 2^52 units, predictions 2^37. */
const MOST_CONTRIBUTION = 2 ** 90;

/** Whole units, rounded down; 0 for what is not above 0, or not a number. */
export function units(value: number): bigint {
  return value > 0 ? BigInt(Math.floor(Math.min(value, MOST_CONTRIBUTION))) : 0n;
}
