import { slashCourtAbi } from '@covey/contracts/abi';
import type { Address } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { chainTime } from '../chain/phase.ts';
import { readCandidates } from '../chain/read-candidates.ts';
import { readRound, type RoundId, type RoundOnChain } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import type { CrankParameters } from '../round/crank-parameters.ts';

/** Releases a look, so that a large round does not keep others from their windows. */
const atOnce = 16;

/** Frees what a round holds of one node's stake; null while it cannot be, or where nothing is held any more. Anyone may. */
export async function releaseStake(
  covey: CoveyWriter,
  { taskId, round, node }: RoundId & { node: Address },
  onEvent: OnAction = ignoreActions,
): Promise<Sent | null> {
  const sent = await ignoring(['CaseWindowOpen', 'CasesOpen', 'NothingHeld'], () =>
    covey.sender.send({
      address: covey.deployment.slashCourt,
      abi: slashCourtAbi,
      functionName: 'release',
      args: [taskId, round, node],
    }),
  );
  if (sent) onEvent({ event: 'stake-released', node, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return sent;
}

/**
 * Frees what a closed round holds of everybody's stake, some at a time; how many are still held. Who cannot be freed yet, for
 * a case against it, keeps nobody else from it. Before the time has come nothing is read of each node.
 */
export async function releaseStakes(parameters: CrankParameters): Promise<number> {
  const { covey, taskId, round, onEvent } = parameters;
  const info = await readRound(covey, taskId, round);
  const from = await readReleasableAt(covey, { taskId, round });
  if (from === null || (await chainTime(covey)) < from) return info.trainerCandidates + info.validatorCandidates;
  const nodes = await heldNodes(covey, info);
  let released = 0;
  for (const node of nodes) {
    if (released === atOnce) break;
    if (await releaseStake(covey, { taskId, round, node }, onEvent)) released++;
  }
  return nodes.length - released;
}

/** From when a round's stake can be freed, unless cases are open; null while the round is open. */
export async function readReleasableAt(covey: CoveyChain, { taskId, round }: RoundId): Promise<bigint | null> {
  try {
    const from = await covey.publicClient.readContract({
      address: covey.deployment.slashCourt,
      abi: slashCourtAbi,
      functionName: 'releasableAt',
      args: [taskId, round],
    });
    return from === 0n ? null : from;
  } catch (cause) {
    throw chainError(cause, `reading when the stakes of round ${round} of task ${taskId} are free`);
  }
}

/** Whose stake a round holds: everybody's who joined in whatever role or attempt, until it is released. */
export async function heldNodes(covey: CoveyChain, info: RoundOnChain): Promise<Address[]> {
  const { taskId, round, attempt: last, block } = info;
  const attempts = Array.from({ length: last + 1 }, (_, attempt) => attempt);
  const joined = await Promise.all([
    readCandidates(covey, info, 'trainer'),
    ...attempts.map((attempt) => readCandidates(covey, info, 'validator', attempt)),
  ]);
  const nodes = [...new Set(joined.flat().map(({ node }) => node))];
  try {
    const released = await Promise.all(
      nodes.map((node) =>
        covey.publicClient.readContract({
          address: covey.deployment.slashCourt,
          abi: slashCourtAbi,
          functionName: 'released',
          args: [taskId, round, node],
          blockNumber: block,
        }),
      ),
    );
    return nodes.filter((_, i) => !released[i]);
  } catch (cause) {
    throw chainError(cause, `reading whose stake round ${round} of task ${taskId} holds`);
  }
}
