import { submissionsAbi, taskManagerAbi, type VoidReasonName } from '@covey/contracts/abi';
import type { Address } from 'viem';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readSubmissions } from '../chain/read-submissions.ts';
import type { RoundOnChain } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Whether a round that is void for this reason cost the task its creation stake, as the round manager decides it. */
export const forfeitsStake = (reason: VoidReasonName | null): boolean =>
  reason === 'keyWithheld' || reason === 'shardInvalid';

/** Transactions a look, so that a large round does not keep others from their windows. */
const atOnce = 16;

/**
 * Pays those who revealed their parts of a forfeited creation stake (withheld key, invalid shard); true when all of a
 * void round's are paid.
 */
export async function payForfeits(parameters: CrankParameters, info: RoundOnChain): Promise<boolean> {
  if (!forfeitsStake(info.voidReason)) return true;
  const { covey, taskId, round } = parameters;
  const contract = { address: covey.deployment.submissions, abi: submissionsAbi } as const;
  let unpaid;
  try {
    const submissions = await readSubmissions(covey, info);
    const entries = await Promise.all(
      submissions.map(async ({ node }) => {
        const args = [taskId, round, node] as const;
        const entry = await covey.publicClient.readContract({ ...contract, functionName: 'submission', args });
        return { node, paid: entry.forfeitPaid };
      }),
    );
    unpaid = entries.filter(({ paid }) => !paid);
  } catch (cause) {
    throw chainError(cause, `reading the forfeits of round ${round} of task ${taskId}`);
  }
  for (const { node } of unpaid.slice(0, atOnce)) await claimForfeit({ ...parameters, node });
  return unpaid.length <= atOnce;
}

/** Pays a node that had revealed its part of a forfeited creation stake; null where it has none. Anyone may. */
export async function claimForfeit(
  parameters: CrankParameters & { node: Address },
): Promise<(Sent & { amount: bigint }) | null> {
  const { covey, taskId, round, node, onEvent = ignoreActions } = parameters;
  const sent = await ignoring(['NothingForfeited'], () =>
    covey.sender.send({
      address: covey.deployment.submissions,
      abi: submissionsAbi,
      functionName: 'claimForfeit',
      args: [taskId, round, node],
    }),
  );
  if (!sent) return null;
  const { tx, gasUsed, receipt } = sent;
  const { amount } = eventIn(receipt, covey.deployment.taskManager, taskManagerAbi, 'ForfeitPaid').args;
  onEvent({ event: 'forfeit-paid', node, amount, taskId, round, tx, gasUsed });
  return { ...sent, amount };
}
