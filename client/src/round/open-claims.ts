import { rewardDistributorAbi } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Settles a claimable round, so that claims can be made and the task's next round can open. */
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
  const { rewards } = eventIn(sent.receipt, contract.address, rewardDistributorAbi, 'ClaimsOpened').args;
  const { fee, trainersPart, validatorsPart } = rewards;
  const pool = rewards.units + rewards.common;
  const { tx, gasUsed } = sent;
  onEvent({ event: 'claims-opened', pool, fee, trainersPart, validatorsPart, taskId, round, tx, gasUsed });
}

/** Ends the claims of a round a year after they opened; null before that, or where nothing is left. Anyone may. */
export async function closeClaims({
  covey,
  taskId,
  round,
  onEvent = ignoreActions,
}: CrankParameters): Promise<Sent | null> {
  const sent = await ignoring(['ClaimPeriodRunning', 'ClaimsNotOpen'], () =>
    covey.sender.send({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'closeClaims',
      args: [taskId, round],
    }),
  );
  if (!sent) return null;
  const { tx, gasUsed, logs } = sent;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'CarriedOver', logs, strict: true });
  onEvent({ event: 'claims-closed', carried: event?.args.amount ?? 0n, taskId, round, tx, gasUsed });
  return sent;
}
