import { roundManagerAbi } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import { readPhase } from '../chain/phase.ts';
import { readRoundCount, readTask } from '../chain/read-task.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/**
 * Opens the task's next round where that is possible, and `ready` agrees; the round's number, or null. The creator's, or
 * whom it named. It waits for the one before to be closed, and its claims to be open where it paid.
 */
export async function openRound({
  covey,
  taskId,
  onEvent = ignoreActions,
  ready = () => Promise.resolve(true),
}: Pick<CrankParameters, 'covey' | 'taskId' | 'onEvent'> & { ready?: () => Promise<boolean> }): Promise<number | null> {
  const task = await readTask(covey, taskId);
  if (task.state !== 'approved' || task.roundsOpened >= task.rounds) return null;
  const opened = await readRoundCount(covey, taskId);
  if (opened > 0) {
    const phase = await readPhase(covey, taskId, opened - 1);
    if (phase !== 'claimable' && phase !== 'void') return null;
  }
  if (!(await ready())) return null;
  const sent = await ignoring(['PoolTooSmall', 'WrongRoundState', 'NoRoundsLeft'], () =>
    covey.sender.send({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'open',
      args: [taskId],
    }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundOpened', logs: sent.logs, strict: true });
  if (!event) return null;
  const { round, pool } = event.args;
  onEvent({ event: 'round-opened', pool, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return round;
}
