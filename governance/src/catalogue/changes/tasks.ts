import { taskManagerAbi } from '@covey/contracts/abi';
import { taskStates } from '@covey/contracts/abi/enums';
import type { TaskStateName } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

const becomes: Record<string, TaskStateName> = { approve: 'approved', reject: 'rejected', stop: 'stopped' };

export async function taskChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { taskId, multiplier } = argumentsOf<{ taskId: bigint; multiplier?: bigint }>(call);
  const about = [{ name: 'taskId', value: String(taskId) }];
  const task = () => ledger.read(ledger.deployment.taskManager, taskManagerAbi, 'task', [taskId]);
  if (call.function === 'setMultiplier' && multiplier !== undefined) {
    const read = async () => (await task()).multiplier;
    return [await ledger.change({ what: 'task.multiplier', about, unit: 'ratio', read, next: multiplier })];
  }
  const next = becomes[call.function];
  if (!next) return [];
  const read = async () => decodeEnum(taskStates, (await task()).state);
  return [await ledger.change({ what: 'task.state', about, unit: 'state', read, next })];
}
