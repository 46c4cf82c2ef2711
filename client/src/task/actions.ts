import { taskManagerAbi } from '@covey/contracts/abi';
import { cidToChain, taskTerms, type TaskDocument } from '@covey/protocol';
import { parseEventLogs, zeroAddress, type Address, type Hex } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import { ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';

export interface PublishedTask {
  document: TaskDocument;
  /** CID of the document. */
  cid: string;
  /** Who may open its rounds beside the proposer. */
  opener?: Address | undefined;
}

const contract = ({ deployment }: CoveyWriter) => ({ address: deployment.taskManager, abi: taskManagerAbi }) as const;

/** Proposes a published task on chain, paying the creation stake. */
export async function proposeTask(
  covey: CoveyWriter,
  published: PublishedTask,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { taskId: bigint; creationStake: bigint }> {
  const creationStake = await readPolicyNumber(covey, 'creationStake');
  await ensureAllowance(covey, covey.deployment.taskManager, creationStake, onEvent);
  const { document, cid, opener = zeroAddress } = published;
  const sent = await covey.sender.send({
    ...contract(covey),
    functionName: 'propose',
    args: [cidToChain(cid), taskTerms(document), opener],
  });
  const { taskId } = eventIn(sent.receipt, covey.deployment.taskManager, taskManagerAbi, 'TaskProposed').args;
  return { ...sent, taskId, creationStake };
}

/** Adds `amount` wei to a task's budget; while a round is open it waits, and buys its part when that closes. */
export async function fundTask(
  covey: CoveyWriter,
  taskId: bigint,
  amount: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.taskManager, amount, onEvent);
  return await covey.sender.send({ ...contract(covey), functionName: 'fund', args: [taskId, amount] });
}

/** Names who may open rounds beside the creator; null for nobody. The creator's. */
export async function nameOpener(covey: CoveyWriter, taskId: bigint, opener: Address | null): Promise<Sent> {
  const args = [taskId, opener ?? zeroAddress] as const;
  return await covey.sender.send({ ...contract(covey), functionName: 'nameOpener', args });
}

/** Adds `amount` wei to the creation stake: later rounds pay more of the funders' part. Anyone may. */
export async function raiseCreationStake(
  covey: CoveyWriter,
  taskId: bigint,
  amount: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.taskManager, amount, onEvent);
  return await covey.sender.send({ ...contract(covey), functionName: 'raiseCreationStake', args: [taskId, amount] });
}

/** After the last round: opens the hold-out and gets the creation stake back. */
export async function completeTask(covey: CoveyWriter, taskId: bigint, key: Hex): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey), functionName: 'complete', args: [taskId, key] });
}

/**
 * Ends a task that nobody moves any more, or a proposal that its creator takes back; null while it may still go on.
 * Anyone may.
 */
export async function expireTask(
  covey: CoveyWriter,
  taskId: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent | null> {
  const sent = await ignoring(['NotExpired', 'WrongTaskState', 'WrongRoundState'], () =>
    covey.sender.send({ ...contract(covey), functionName: 'expire', args: [taskId] }),
  );
  if (sent) onEvent({ event: 'task-expired', taskId, tx: sent.tx, gasUsed: sent.gasUsed });
  return sent;
}

/** Pays a funder what its units of an ended task are worth; null where that is nothing. Anyone may. */
export async function redeemFunds(
  covey: CoveyWriter,
  taskId: bigint,
  funder: Address,
): Promise<(Sent & { amount: bigint }) | null> {
  const sent = await ignoring(['NothingToRedeem'], () =>
    covey.sender.send({ ...contract(covey), functionName: 'redeem', args: [taskId, funder] }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: taskManagerAbi, eventName: 'Redeemed', logs: sent.logs, strict: true });
  return { ...sent, amount: event?.args.amount ?? 0n };
}

/** Sends what belongs to no funder of an ended task to the treasury; null where that is nothing. Anyone may. */
export async function sweepTask(covey: CoveyWriter, taskId: bigint): Promise<(Sent & { amount: bigint }) | null> {
  const sent = await ignoring(['NothingToSweep'], () =>
    covey.sender.send({ ...contract(covey), functionName: 'sweep', args: [taskId] }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: taskManagerAbi, eventName: 'RestSwept', logs: sent.logs, strict: true });
  return { ...sent, amount: event?.args.amount ?? 0n };
}
