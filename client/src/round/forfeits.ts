import { roundManagerAbi, taskManagerAbi } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { readSubmissions } from '../chain/read-submissions.ts';
import type { RoundOnChain } from '../chain/read-round.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Transactions a look, so that a large round does not keep others from their windows. */
const atOnce = 16;

/**
 * Pays those who revealed their parts of a forfeited creation stake (withheld key, invalid shard); true when all of a
 * void round's are paid.
 */
export async function payForfeits(parameters: CrankParameters, info: RoundOnChain): Promise<boolean> {
  if (info.voidReason !== 'keyWithheld' && info.voidReason !== 'shardInvalid') return true;
  const { covey, taskId, round, onEvent = ignoreActions } = parameters;
  const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi } as const;
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
  for (const { node } of unpaid.slice(0, atOnce)) {
    const sent = await ignoring(['NothingForfeited'], () =>
      covey.sender.send({ ...contract, functionName: 'claimForfeit', args: [taskId, round, node] }),
    );
    if (!sent) continue;
    const [event] = parseEventLogs({ abi: taskManagerAbi, eventName: 'ForfeitPaid', logs: sent.logs, strict: true });
    const { tx, gasUsed } = sent;
    onEvent({ event: 'forfeit-paid', node, amount: event?.args.amount ?? 0n, taskId, round, tx, gasUsed });
  }
  return unpaid.length <= atOnce;
}
