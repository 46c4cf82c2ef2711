import { resultsAbi, roundManagerAbi } from '@covey/contracts/abi';
import {
  cidFromChain,
  resultHash,
  type ProvenanceRound,
  type ProvenanceShard,
  type ProvenanceVoidRound,
  type ResultDocument,
  type TaskDocument,
} from '@covey/protocol';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { readScorer } from '../chain/read-policy.ts';
import { roundEvents, type RoundOnChain } from '../chain/read-round.ts';
import { readSubmissions, type SubmissionOnChain } from '../chain/read-submissions.ts';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { clientError } from '../errors.ts';
import { requireCount } from '../logs/check-counts.ts';
import { readDocumentOf } from '../settle/accepted-document.ts';
import { placeOf } from './place.ts';

interface Of {
  covey: CoveyChain;
  reader: ContentReader;
  task: TaskDocument;
  /** CID of the task's document. */
  taskCid: string;
  options: GetOptions;
}

/** A round whose result stands. `base` is the model that the chain says it began with. */
export async function readAcceptedRound(of: Of, info: RoundOnChain, base: string): Promise<ProvenanceRound> {
  const { covey, reader, task, options } = of;
  const { taskId, round, acceptedHash, policyVersion } = info;
  const rounds = { address: covey.deployment.roundManager, abi: roundManagerAbi, ...roundEvents(info) } as const;
  const results = { address: covey.deployment.results, abi: resultsAbi, ...roundEvents(info) } as const;
  try {
    const [opened, finalized, accepted, ruled, scorer, submissions, agreement, { document, summary, cid }] =
      await Promise.all([
        covey.events({ ...rounds, eventName: 'RoundOpened' }),
        covey.events({ ...rounds, eventName: 'RoundFinalized' }),
        covey.events({ ...results, eventName: 'ResultAccepted' }),
        covey.events({ ...results, eventName: 'ResultRuled' }),
        readScorer(covey, policyVersion),
        readSubmissions(covey, info),
        covey.publicClient.readContract({
          address: covey.deployment.results,
          abi: resultsAbi,
          functionName: 'agreement',
          args: [taskId, round, acceptedHash!],
          blockNumber: info.block,
        }),
        readDocumentOf(covey, reader, info, options),
      ]);
    requireCount(`the opening of round ${round} of task ${taskId}`, 1n, opened.length);
    requireCount(`the end of round ${round} of task ${taskId}`, 1n, finalized.length);
    // The last that says it, so that a ruling stands above what it confirmed.
    const said = [...accepted, ...ruled].filter(({ args }) => resultHash(args.summary) === acceptedHash);
    requireRound(of, document, { info, base, scorer, submissions, saidScorer: opened[0]!.args.scorer });
    return {
      round,
      attempt: info.attempt,
      opened: placeOf(opened[0]!),
      policyVersion,
      scorer,
      shard: shardOf(task, info),
      base,
      model: cidFromChain(summary.model),
      resultHash: acceptedHash!,
      result: cid,
      accepted: placeOf(said.at(-1)!),
      ruled: ruled.length > 0,
      challenges: info.results.challenges,
      finalized: placeOf(finalized[0]!),
      trainerSeats: info.trainerSeats,
      validatorSeats: info.validatorSeats,
      agreeing: agreement.seats,
      revealed: info.results.revealedSeats,
      baseline: document.baseline,
      aggregate: document.aggregate,
      submissions: submissions.length,
      contributors: document.submissions
        .filter(({ weight }) => weight !== '0')
        .map(({ index, node, seats, weight }) => ({ index, node, seats, weight })),
    };
  } catch (cause) {
    throw chainError(cause, `reading round ${round} of task ${taskId}`);
  }
}

export async function readVoidRound(
  { covey, task }: Pick<Of, 'covey' | 'task'>,
  info: RoundOnChain,
): Promise<ProvenanceVoidRound> {
  const { taskId, round, voidReason } = info;
  try {
    const voided = await covey.events({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      eventName: 'RoundVoided',
      ...roundEvents(info),
    });
    requireCount(`the end of round ${round} of task ${taskId}`, 1n, voided.length);
    return { round, voided: placeOf(voided[0]!), reason: voidReason, shard: shardOf(task, info) };
  } catch (cause) {
    throw chainError(cause, `reading round ${round} of task ${taskId}`);
  }
}

const shardOf = (task: TaskDocument, { round, key }: RoundOnChain): ProvenanceShard => ({
  ...task.validation.shards[round]!,
  key,
});

/** What validators agreed on is about this round as the chain has it, and not about another one. */
function requireRound(
  { covey, task, taskCid }: Of,
  document: ResultDocument,
  {
    info,
    base,
    scorer,
    saidScorer,
    submissions,
  }: { info: RoundOnChain; base: string; scorer: string; saidScorer: string; submissions: SubmissionOnChain[] },
): void {
  const { taskId, round, policyVersion } = info;
  const shown = (all: readonly Pick<SubmissionOnChain, 'index' | 'node' | 'seats' | 'cid'>[]) =>
    all.map(({ index, node, seats, cid }) => `${index} ${node} ${seats} ${cid}`).join('; ');
  const pairs: [string, unknown, unknown][] = [
    ['chainId', covey.deployment.chainId, document.chainId],
    ['taskId', String(taskId), document.taskId],
    ['round', round, document.round],
    ['task', taskCid, document.task],
    ['ranking', task.ranking, document.ranking],
    ['policyVersion', policyVersion, document.policyVersion],
    ['scorer', scorer, document.scorer],
    ['scorer of the opening', scorer, saidScorer],
    ['base', base, document.base],
    ['submissions', shown(submissions), shown(document.submissions)],
  ];
  for (const [field, expected, got] of pairs) {
    if (expected === got) continue;
    throw clientError(
      'RESULT_MISMATCH',
      `The result of round ${round} of task ${taskId} contradicts the chain in ${field}.`,
      {
        expected: String(expected),
        got: String(got),
      },
    );
  }
}
