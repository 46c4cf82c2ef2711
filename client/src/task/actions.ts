import { params, policyAbi, taskManagerAbi } from '@covey/contracts/abi';
import { cidToChain, taskTerms, type TaskDocument } from '@covey/protocol';
import { parseEventLogs, type Hex } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import type { CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';

export interface PublishedTask {
  document: TaskDocument;
  /** CID of the document. */
  cid: string;
}

/** Proposes a published task on chain, paying the creation stake. */
export async function proposeTask(
  covey: CoveyWriter,
  published: PublishedTask,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { taskId: bigint; creationStake: bigint }> {
  let creationStake: bigint;
  try {
    creationStake = await covey.publicClient.readContract({
      address: covey.deployment.policy,
      abi: policyAbi,
      functionName: 'latest',
      args: [params.indexOf('creationStake')],
    });
  } catch (cause) {
    throw chainError(cause, 'reading the creation stake');
  }
  await ensureAllowance(covey, covey.deployment.taskManager, creationStake, onEvent);
  const sent = await covey.sender.send({
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'propose',
    args: [cidToChain(published.cid), taskTerms(published.document)],
  });
  const [event] = parseEventLogs({ abi: taskManagerAbi, eventName: 'TaskProposed', logs: sent.logs, strict: true });
  if (!event) throw clientError('TRANSACTION_FAILED', 'propose emitted no TaskProposed.', { got: sent.tx });
  return { ...sent, taskId: event.args.taskId, creationStake };
}

/** Adds `amount` wei to a task's budget. */
export async function fundTask(
  covey: CoveyWriter,
  taskId: bigint,
  amount: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.taskManager, amount, onEvent);
  return await covey.sender.send({
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'fund',
    args: [taskId, amount],
  });
}

/** After the last round: opens the hold-out and gets the creation stake back. */
export async function completeTask(covey: CoveyWriter, taskId: bigint, key: Hex): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'complete',
    args: [taskId, key],
  });
}
