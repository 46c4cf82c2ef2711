import { decodeEnum } from '@covey/protocol';
import { resultsAbi, roundManagerAbi, voidReasons, type VoidReasonName } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Voids a round that can no longer finish, or lets its validators be drawn anew; null while it still can. */
export async function voidIfPossible(parameters: CrankParameters): Promise<'voided' | 'repeated' | null> {
  const { covey, taskId, round, onEvent = ignoreActions } = parameters;
  const sent = await ignoring(['CannotVoid'], () =>
    covey.sender.send({
      address: covey.deployment.results,
      abi: resultsAbi,
      functionName: 'voidRound',
      args: [taskId, round],
    }),
  );
  if (!sent) return null;
  const { tx, gasUsed, logs } = sent;
  const [again] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundRepeated', logs, strict: true });
  if (again) {
    const { attempt, reason } = again.args;
    onEvent({ event: 'repeated', reason: decodeEnum(voidReasons, reason), attempt, taskId, round, tx, gasUsed });
    return 'repeated';
  }
  onEvent({ event: 'voided', reason: voidedIn(sent) ?? 'none', taskId, round, tx, gasUsed });
  return 'voided';
}

/** Why a transaction voided a round; undefined where it did not. */
export function voidedIn({ logs }: Sent): VoidReasonName | undefined {
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundVoided', logs, strict: true });
  return event && decodeEnum(voidReasons, event.args.reason);
}
