import { pinRound, readRound, readValidator } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import type { Address } from 'viem';

/**
 * How many seats the draw gave a validator; null before it. Draw and seats as of one block, whichever endpoints answer:
 * who reads zero gives up for good.
 */
export async function drawnSeats(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  validator: Address,
): Promise<number | null> {
  const { block, drawn } = await pinRound(covey, await readRound(covey, taskId, round));
  return drawn ? (await readValidator(covey, taskId, round, validator, block)).seats : null;
}
