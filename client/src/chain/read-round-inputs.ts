import type { Deployment } from '@covey/contracts/abi';
import { cidFromChain, type RoundInputs } from '@covey/protocol';
import type { PublicClient } from 'viem';
import { clientError } from '../errors.ts';
import { reached } from './phase.ts';
import { readPolicy, readScorer } from './read-policy.ts';
import { readAccepted, readRound } from './read-round.ts';
import { readSubmissions } from './read-submissions.ts';

/** The model that a round starts from: that of the last claimable round before it, else the task's initial one. */
export async function readBase(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
  initialModel: string,
): Promise<string> {
  for (let earlier = round - 1; earlier >= 0; earlier--) {
    const info = await readRound(publicClient, deployment, taskId, earlier);
    const accepted = info.phase === 'claimable' ? await readAccepted(publicClient, deployment, info) : null;
    if (accepted) return cidFromChain(accepted.model);
  }
  return initialModel;
}

/**
 * Everything that scoring a round depends on, read from the chain alone, from the end of the availability window on.
 * The initial model's CID comes from the task document, whose own CID is on chain.
 */
export async function readRoundInputs(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
  task: { initialModel: string },
): Promise<RoundInputs> {
  const info = await readRound(publicClient, deployment, taskId, round);
  if (info.key === null || !reached(info.phase, 'resultCommit')) {
    throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} cannot be scored yet.`, {
      expected: 'a published key and the end of the availability window',
      got: `phase ${info.phase}, key ${info.key === null ? 'not published' : 'published'}`,
    });
  }
  const [submissions, policy, scorer, base] = await Promise.all([
    readSubmissions(publicClient, deployment, info),
    readPolicy(publicClient, deployment, info.policyVersion),
    readScorer(publicClient, deployment, info.policyVersion),
    readBase(publicClient, deployment, taskId, round, task.initialModel),
  ]);
  return {
    chainId: deployment.chainId,
    taskId,
    round,
    policyVersion: info.policyVersion,
    policy,
    scorer,
    base,
    key: info.key,
    submissions,
  };
}
