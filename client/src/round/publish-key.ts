import { attestationsAbi } from '@covey/contracts/abi';
import type { Hex } from 'viem';
import { isRevert } from '../chain/contract-error.ts';
import { readRound } from '../chain/read-round.ts';
import type { CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';

/** Publishes the key of a round's shard; null when it is on chain already. */
export async function publishKey(
  covey: CoveyWriter,
  taskId: bigint,
  round: number,
  key: Hex,
  onEvent: OnAction = ignoreActions,
): Promise<Sent | null> {
  if ((await readRound(covey, taskId, round)).key) return null;
  try {
    const sent = await covey.sender.send({
      address: covey.deployment.attestations,
      abi: attestationsAbi,
      functionName: 'publishKey',
      args: [taskId, round, key],
    });
    onEvent({ event: 'key-published', key, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return sent;
  } catch (error) {
    if (isRevert(error, 'KeyAlreadyPublished')) return null;
    throw error;
  }
}
