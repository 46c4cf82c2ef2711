import type { TaskStateName } from '@covey/contracts/abi/enums';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

const becomes: Record<string, TaskStateName> = { approve: 'approved', reject: 'rejected', stop: 'stopped' };

export async function taskChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { taskId, multiplier } = argumentsOf<{ taskId: bigint; multiplier?: bigint }>(call);
  const about = [{ name: 'taskId', value: String(taskId) }];
  const change = (what: 'task.state' | 'task.multiplier', next: string | bigint) =>
    ledger.change({ what, about, read: () => ledger.value(what, [taskId]), next });
  if (call.function === 'setMultiplier' && multiplier !== undefined)
    return [await change('task.multiplier', multiplier)];
  const next = becomes[call.function];
  return next ? [await change('task.state', next)] : [];
}
