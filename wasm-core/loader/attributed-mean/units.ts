/** 2^32: units of a nat. */
export const UNIT = 4_294_967_296;
/** The largest loss of a round: predictions are at most 2^28, each at most 2^52 units. */
const MOST_CONTRIBUTION = 2 ** 80;

/** Whole units, rounded down; 0 for what is not above 0, or not a number. */
export function units(value: number): bigint {
  return value > 0 ? BigInt(Math.floor(Math.min(value, MOST_CONTRIBUTION))) : 0n;
}
