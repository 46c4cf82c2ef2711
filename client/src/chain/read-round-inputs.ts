import type { CoveyChain } from './chain.ts';
import { cidFromChain, type RoundInputs } from '@covey/protocol';
import { clientError } from '../errors.ts';
import { readPolicy, readScorer } from './read-policy.ts';
import { readAccepted, readCounted, readRound } from './read-round.ts';
import { readSubmissions } from './read-submissions.ts';

/** The model that a round starts from: that of the last claimable round before it, else the task's initial one. */
export async function readBase(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  initialModel: string,
): Promise<string> {
  for (let earlier = round - 1; earlier >= 0; earlier--) {
    const info = await readRound(covey, taskId, earlier);
    const accepted = info.phase === 'claimable' ? await readAccepted(covey, info) : null;
    if (accepted) return cidFromChain(accepted.model);
  }
  return initialModel;
}

/**
 * Everything that scoring a round depends on, read from the chain alone, once the shard's key is published.
 * The initial model's CID comes from the task document, whose own CID is on chain.
 */
export async function readRoundInputs(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  task: { initialModel: string },
): Promise<RoundInputs> {
  const info = await readRound(covey, taskId, round);
  if (info.key === null) {
    throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} cannot be scored yet.`, {
      expected: 'a published key',
      got: `phase ${info.phase}`,
    });
  }
  const [submissions, counted, policy, scorer, base] = await Promise.all([
    readSubmissions(covey, info),
    readCounted(covey, info),
    readPolicy(covey, info.policyVersion),
    readScorer(covey, info.policyVersion),
    readBase(covey, taskId, round, task.initialModel),
  ]);
  return {
    chainId: covey.deployment.chainId,
    taskId,
    round,
    policyVersion: info.policyVersion,
    policy,
    scorer,
    base,
    key: info.key,
    counted,
    submissions: submissions.map(({ index, node, cid, parameterRoot, seats, committedBlock }) => ({
      index,
      node,
      cid,
      parameterRoot,
      seats,
      committedBlock,
    })),
  };
}
