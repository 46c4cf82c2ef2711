import { decodeEnum } from '@covey/protocol';
import { roundManagerAbi, voidReasons, type VoidReasonName } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Voids a round that can no longer finish; false when it still can. */
export async function voidIfPossible({
  covey,
  taskId,
  round,
  onEvent = ignoreActions,
}: CrankParameters): Promise<boolean> {
  const sent = await ignoring(['CannotVoid'], () =>
    covey.sender.send({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'voidRound',
      args: [taskId, round],
    }),
  );
  if (!sent) return false;
  onEvent({ event: 'voided', reason: voidedIn(sent) ?? 'none', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return true;
}

/** Why a transaction voided a round; undefined where it did not. */
export function voidedIn({ logs }: Sent): VoidReasonName | undefined {
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundVoided', logs, strict: true });
  return event && decodeEnum(voidReasons, event.args.reason);
}
