import { LOSS_CAP } from '../losses.ts';

/** 2^32: units of a nat. */
export const UNIT = 4_294_967_296;
/** Of a shard: each is a byte of it at least. */
export const MOST_PREDICTIONS = 2 ** 28;
/** The largest loss of a round, 2^80 units. */
const MOST_CONTRIBUTION = Number(LOSS_CAP) * MOST_PREDICTIONS;

/** Whole units, rounded down; 0 for what is not above 0, or not a number. */
export function units(value: number): bigint {
  return value > 0 ? BigInt(Math.floor(Math.min(value, MOST_CONTRIBUTION))) : 0n;
}
