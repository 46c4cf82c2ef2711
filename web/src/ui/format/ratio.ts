/** A share of two integers as a float with six exact digits; 0 when the whole is 0. */
export function share(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000;
}

/** Ratios on chain are scaled by 1e18. */
export function ratioToNumber(ratio: bigint): number {
  return Number(ratio / 1_000_000_000_000n) / 1_000_000;
}
