import { rewardDistributorAbi } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Fetches the pool of a claimable round and fixes the split, so that claims can be made. */
export async function openClaims({ covey, taskId, round, onEvent = ignoreActions }: CrankParameters): Promise<void> {
  const contract = { address: covey.deployment.rewardDistributor, abi: rewardDistributorAbi } as const;
  const { opened } = await covey.publicClient.readContract({
    ...contract,
    functionName: 'rewards',
    args: [taskId, round],
  });
  if (opened) return;
  const info = await readRound(covey, taskId, round);
  const accepted = await readAccepted(covey, info);
  if (!accepted) return;
  const sent = await ignoring(['ClaimsAlreadyOpen'], () =>
    covey.sender.send({ ...contract, functionName: 'openClaims', args: [taskId, round, accepted] }),
  );
  if (!sent) return;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'ClaimsOpened', logs: sent.logs });
  const { pool = 0n, trainersPool = 0n, validatorsPool = 0n } = event?.args ?? {};
  const { tx, gasUsed } = sent;
  onEvent({ event: 'claims-opened', pool, trainersPool, validatorsPool, taskId, round, tx, gasUsed });
}
