import { roles, roundManagerAbi } from '@covey/contracts/abi';
import type { DrawnRole } from '@covey/protocol';
import type { Hex } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

export interface JoinRoundParameters extends CrankParameters {
  role: DrawnRole;
  /** Proof that the node is on the task's list of who may train; empty where the task admits everybody. */
  admission?: readonly Hex[];
}

/**
 * Joins a round with what the node has allocated to its task; the sender is the node or its operator. null where it has
 * joined already.
 */
export async function joinRound(
  parameters: JoinRoundParameters,
): Promise<(Sent & { ratio: bigint; stake: bigint }) | null> {
  const { covey, taskId, round, role, admission = [], onEvent = ignoreActions } = parameters;
  const address = covey.deployment.roundManager;
  const sent = await ignoring(['AlreadyJoined'], () =>
    covey.sender.send({
      address,
      abi: roundManagerAbi,
      functionName: 'join',
      args: [taskId, round, roles.indexOf(role), [...admission]],
    }),
  );
  if (!sent) return null;
  const { node, ratio, stake } = eventIn(sent.receipt, address, roundManagerAbi, 'CandidateJoined').args;
  onEvent({ event: 'joined', node, role, ratio, stake, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return { ...sent, ratio, stake };
}
