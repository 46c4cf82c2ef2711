import type { CoveyChain } from './chain.ts';
import { OPENED_SHARDS, cidFromChain, type RoundInputs } from '@covey/protocol';
import { clientError } from '../errors.ts';
import { resultDocumentCid } from './result-document-cid.ts';
import { readPolicy, readScorer } from './read-policy.ts';
import { newestBlock } from './events.ts';
import { readAccepted, readCounted, readRound, type RoundOnChain } from './read-round.ts';
import { readSubmissions } from './read-submissions.ts';

/** The model that a round starts from: that of the last claimable round before it, else the task's initial one. */
export async function readBase(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  initialModel: string,
): Promise<string> {
  return (await readEarlier(covey, { taskId, round }, 0)).base ?? initialModel;
}

/** What earlier rounds left to this one; `base` null where none made a model. */
export type EarlierRounds = Pick<RoundInputs, 'opened' | 'last'> & { base: string | null };

/**
 * Goes back until both the last accepted result and the latest `shards` opened shards are found: all as one block has it, or
 * the newest, since of two blocks an endpoint that is behind would make rounds that never were.
 */
export async function readEarlier(
  covey: CoveyChain,
  { taskId, round, block }: Pick<RoundOnChain, 'taskId' | 'round'> & { block?: bigint },
  shards: number,
): Promise<EarlierRounds> {
  const at = block ?? (await newestBlock(covey));
  const opened: RoundInputs['opened'][number][] = [];
  let base: string | null = null;
  let last: string | null = null;
  for (let earlier = round - 1; earlier >= 0 && (base === null || opened.length < shards); earlier--) {
    const info = await readRound(covey, taskId, earlier, at);
    if (info.key !== null && opened.length < shards) opened.unshift({ round: earlier, key: info.key });
    const accepted = base === null && info.phase === 'claimable' ? await readAccepted(covey, info) : null;
    if (!accepted) continue;
    base = cidFromChain(accepted.model);
    last = resultDocumentCid(accepted);
  }
  return { opened, base, last };
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
  const [submissions, counted, policy, scorer, { opened, base, last }] = await Promise.all([
    readSubmissions(covey, info),
    readCounted(covey, info),
    readPolicy(covey, info.policyVersion),
    readScorer(covey, info.policyVersion),
    readEarlier(covey, info, OPENED_SHARDS),
  ]);
  return {
    chainId: covey.deployment.chainId,
    taskId,
    round,
    policyVersion: info.policyVersion,
    policy,
    scorer,
    base: base ?? task.initialModel,
    key: info.key,
    opened,
    last,
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
