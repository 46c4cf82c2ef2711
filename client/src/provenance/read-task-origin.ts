import { taskManagerAbi } from '@covey/contracts/abi';
import type { ProvenancePlace } from '@covey/protocol';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import type { TaskOnChain } from '../chain/read-task.ts';
import { requireCount } from '../logs/check-counts.ts';
import { cidFromChain } from '@covey/protocol';
import { clientError } from '../errors.ts';
import { placeOf } from './place.ts';

/** Where a task was proposed and approved: one log each, and the proposal repeats what the contract keeps. */
export async function readTaskPlaces(
  covey: CoveyChain,
  task: TaskOnChain,
  block: bigint,
): Promise<{ proposed: ProvenancePlace; approved: ProvenancePlace }> {
  const { taskId } = task;
  const logs = {
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    args: { taskId },
    toBlock: block,
  } as const;
  try {
    const [proposals, approvals] = await Promise.all([
      covey.events({ ...logs, eventName: 'TaskProposed' }),
      covey.events({ ...logs, eventName: 'TaskApproved' }),
    ]);
    requireCount(`the proposal of task ${taskId}`, 1n, proposals.length);
    requireCount(`the approval of task ${taskId}`, 1n, approvals.length);
    const { creator, document } = proposals[0]!.args;
    const said = `${creator} ${cidFromChain(document)}`;
    const kept = `${task.creator} ${task.document}`;
    if (said !== kept) {
      throw clientError('LOGS_INVALID', `The log of task ${taskId}’s proposal is not what the contract keeps.`, {
        expected: kept,
        got: said,
      });
    }
    return { proposed: placeOf(proposals[0]!), approved: placeOf(approvals[0]!) };
  } catch (cause) {
    throw chainError(cause, `reading how task ${taskId} came to be`);
  }
}
