import type { DeskRequest } from '@covey/client/inference';

/** Seconds between two looks at a request that waits for the DAO. */
const LATER_SECONDS = 600n;

/**
 * A ruling may come at any time. Of an undisputed answer the end is waited for, once a second look found that no
 * reorganisation took it back.
 */
export function nextLook({ state, end, disputeWindow }: DeskRequest, now: bigint): bigint {
  if (state !== 'answered') return now + LATER_SECONDS;
  const second = BigInt(end - disputeWindow) + LATER_SECONDS;
  return now < second && second < end ? second : BigInt(end);
}
