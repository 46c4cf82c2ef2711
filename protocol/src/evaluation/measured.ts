/** A number that says how good a model is, and what Hugging Face calls it. */
export interface Measured {
  type: string;
  name: string;
  /** Rounded to 6 decimals, so that it has the same digits everywhere. */
  value: number;
}

/** Of a loss: one nat. */
export const NAT = 2n ** 32n;

const million = 1_000_000n;

/** Integer arithmetic up to the last step; halves go up. */
export function rounded(numerator: bigint, denominator: bigint): number {
  const doubled = 2n * numerator * million + denominator;
  // Division of bigints goes to zero, which is up for what is negative.
  const whole = doubled / (2n * denominator);
  const isBelow = doubled < 0n && doubled % (2n * denominator) !== 0n;
  return Number(isBelow ? whole - 1n : whole) / Number(million);
}

/** Of a double that IEEE 754's own operations made, so that it is the same everywhere. */
export const roundedReal = (value: number): number => Math.round(value * 1e6) / 1e6;
