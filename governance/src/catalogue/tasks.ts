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

/** Lets a proposed task run. */
export const approveTask = onTask('approve');

/** Refuses a proposed task; what was funded can be refunded. */
export const rejectTask = onTask('reject');

/** Ends an approved task: no further round opens. */
export const stopTask = onTask('stop');
