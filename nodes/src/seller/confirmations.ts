import { chainTime, newestBlock, type CoveyChain } from '@covey/client';

/** A place of the chain: its newest block and that block's time in unix seconds. */
export interface Moment {
  block: bigint;
  now: bigint;
}

export const momentOf = async (covey: CoveyChain): Promise<Moment> => ({
  now: await chainTime(covey),
  block: await newestBlock(covey),
});

/**
 * Whether an order has stood for long enough to send its key: a reorganisation can give its number to another order. So many
 * blocks since it was first seen, but never more than half of what was left until its deadline then: a slow chain misses no sale.
 */
export function isConfirmed(seen: Moment, at: Moment, deliverBy: number, confirmations: number): boolean {
  const half = (BigInt(deliverBy) - seen.now) / 2n;
  return at.block - seen.block >= BigInt(confirmations) || at.now - seen.now >= half;
}
