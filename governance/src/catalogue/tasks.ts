import { encodeFunctionData } from 'viem';
import { taskManagerAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';

const onTask =
  (functionName: 'approve' | 'reject' | 'stop') =>
  (deployment: Pick<Deployment, 'taskManager'>, taskId: bigint): Action => ({
    to: deployment.taskManager,
    value: 0n,
    data: encodeFunctionData({ abi: taskManagerAbi, functionName, args: [taskId] }),
  });

/** Sets what part of its stake's emission a task earns: 0 is what every task starts with, 1e18 the most. */
export const setMultiplier = (
  deployment: Pick<Deployment, 'taskManager'>,
  { taskId, multiplier }: { taskId: bigint; multiplier: bigint },
): Action => ({
  to: deployment.taskManager,
  value: 0n,
  data: encodeFunctionData({ abi: taskManagerAbi, functionName: 'setMultiplier', args: [taskId, multiplier] }),
});

/** Lets a proposed task run. */
export const approveTask = onTask('approve');

/** Refuses a proposed task; what was funded can be refunded. */
export const rejectTask = onTask('reject');

/** Ends an approved task: no further round opens. */
export const stopTask = onTask('stop');
