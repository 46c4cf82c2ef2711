import { params, policyAbi, resultsAbi } from '@covey/contracts/abi';
import { resultHash, type ResultSummary } from '@covey/protocol';
import { chainError } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readRound } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { ignoreActions } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';
import type { CrankParameters } from './crank-parameters.ts';

/**
 * Challenges the result that stands with another one, paying the bond: none where the result is contested and validators
 * revealed the other one.
 */
export async function challengeResult(
  parameters: CrankParameters & { summary: ResultSummary },
): Promise<Sent & { bond: bigint }> {
  const { covey, taskId, round, summary, onEvent = ignoreActions } = parameters;
  const needed = await readChallengeBond(covey, { taskId, round, summary });
  if (needed > 0n) await ensureAllowance(covey, covey.deployment.results, needed, onEvent);
  const address = covey.deployment.results;
  const sent = await covey.sender.send({
    address,
    abi: resultsAbi,
    functionName: 'challenge',
    args: [taskId, round, summary],
  });
  const { bond } = eventIn(sent.receipt, address, resultsAbi, 'ResultChallenged').args;
  const { tx, gasUsed } = sent;
  onEvent({ event: 'challenged', resultHash: resultHash(summary), bond, taskId, round, tx, gasUsed });
  return { ...sent, bond };
}

/** What challenging with a result costs as a bond now, in wei. */
export async function readChallengeBond(
  covey: CoveyChain,
  { taskId, round, summary }: { taskId: bigint; round: number; summary: ResultSummary },
): Promise<bigint> {
  const { policyVersion, results } = await readRound(covey, taskId, round);
  try {
    const [agreement, bond] = await Promise.all([
      covey.publicClient.readContract({
        address: covey.deployment.results,
        abi: resultsAbi,
        functionName: 'agreement',
        args: [taskId, round, resultHash(summary)],
      }),
      covey.publicClient.readContract({
        address: covey.deployment.policy,
        abi: policyAbi,
        functionName: 'valueAt',
        args: [params.indexOf('challengeBond'), policyVersion],
      }),
    ]);
    return results.contested && agreement.count > 0 ? 0n : bond;
  } catch (cause) {
    throw chainError(cause, `reading the bond of a challenge in round ${round} of task ${taskId}`);
  }
}
