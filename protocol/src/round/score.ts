import type { Core } from '@covey/wasm-core';
import { modelFromBytes, modelLimit, modelToBytes, submissionLimit } from '../architecture.ts';
import { documentCid, fileCid } from '../cid.ts';
import { protocolError } from '../errors.ts';
import { ZERO_BYTES32 } from '../primitives.ts';
import { MAX_RESULT_BYTES, claimsOf, lastDeltaOf, summariseResult } from '../result.ts';
import type { ResultDocument, ResultEvaluation, ResultSubmission, SummarisedResult, Verdict } from '../result.ts';
import type { Samples } from '../samples.ts';
import { encodeTaskDocument, takesAdapters } from '../task.ts';
import type { TaskDocument } from '../task.ts';
import { getContent, getDocument } from './content.ts';
import type { FetchContent } from './content.ts';
import { toResultEvaluation } from './evaluator.ts';
import { checkInputs } from './inputs.ts';
import type { CheckedInputs, RoundInputs } from './inputs.ts';
import { openDataOf, playRound, weightsOf } from './play.ts';
import { placesOf } from './rank.ts';
import type { Ranked, Scored } from './rank.ts';
import { openShards } from './opened-data.ts';
import { openShard } from './shard.ts';
import { readSubmissions, verdictOf } from './submissions.ts';
import type { ReadSubmission } from './submissions.ts';

export interface ScoreProgress {
  step: 'shard' | 'base' | 'fetch' | 'open' | 'score' | 'train' | 'document';
  done: number;
  total: number;
}

export interface ScoreRoundParameters {
  core: Core;
  task: TaskDocument;
  inputs: RoundInputs;
  fetch: FetchContent;
  onProgress?: (progress: ScoreProgress) => void;
  signal?: AbortSignal;
}

export interface RoundResult extends SummarisedResult {
  /** The model that the round ends with: its file and CID. */
  model: Uint8Array;
  modelCid: string;
  /** The aggregate that led to it, where the round made one: the next round takes it for public. */
  delta: { bytes: Uint8Array; cid: string } | null;
}

/**
 * The whole answer of a validator for a round: the same bytes for everybody who gives it the same chain data and the
 * content behind the same CIDs, in whatever order that content arrives.
 *
 * Throws where the answer is not known (content out of reach: `retryable`) or the question is wrong (key, scorer). What
 * is wrong with the content is part of the answer, as a verdict.
 */
export async function scoreRound(parameters: ScoreRoundParameters): Promise<RoundResult> {
  const { core, task, fetch, onProgress, signal } = parameters;
  const inputs = checkInputs(parameters.inputs, task, core.sha256);
  const taskCid = documentCid(encodeTaskDocument(task));
  const shard = task.validation.shards[inputs.round];
  if (!shard) throw protocolError('PROTOCOL_INVALID_ARGUMENT', `the task has no round ${inputs.round}`);

  onProgress?.({ step: 'shard', done: 0, total: 1 });
  const dataset = await openShard({ task, shard, key: inputs.key, fetch, signal });
  onProgress?.({ step: 'base', done: 0, total: 1 });
  const base = await readBase(task, inputs.base, fetch, signal);
  const isAnother = takesAdapters(task) && task.initialModel !== inputs.base;
  const initial = isAnother ? await readBase(task, task.initialModel, fetch, signal) : base;

  const byContribution = task.ranking === 'contribution';
  const last = byContribution && inputs.last !== null ? await readLastDelta(inputs.last, fetch, signal) : null;

  let scoring: Scoring;
  if (!dataset) scoring = unscored(inputs, 'shard-invalid');
  else if (!base.parameters || !initial.parameters) scoring = unscored(inputs, 'base-invalid');
  else {
    const models = { base: base.parameters, initial: initial.parameters };
    scoring = await scoreSubmissions(parameters, inputs, { dataset, last, ...models });
  }

  onProgress?.({ step: 'document', done: 0, total: 1 });
  const outcome = await describeModel(task, inputs.base, base.bytes, scoring);
  const delta = byContribution ? await describeDelta(task, scoring) : null;
  const submissions = describeSubmissions(task, inputs, scoring);
  const policy = {
    trainerSeats: Number(inputs.policy.trainerSeats),
    rankRatio: String(inputs.policy.rankRatio),
  };
  const document: ResultDocument = {
    schema: 'covey.result/2',
    chainId: inputs.chainId,
    taskId: String(inputs.taskId),
    round: inputs.round,
    task: taskCid,
    mode: task.mode,
    ranking: task.ranking,
    policyVersion: inputs.policyVersion,
    policy,
    scorer: inputs.scorer,
    shard: { plaintextSha256: shard.plaintextSha256, samples: dataset?.samples ?? null },
    base: inputs.base,
    model: outcome.cid,
    baseline: scoring.baseline,
    aggregate: scoring.ranking?.outcome ? toResultEvaluation(scoring.ranking.outcome.evaluation) : null,
    lastDelta: delta?.cid ?? last,
    opened: inputs.opened.map(({ round }) => round),
    submissions,
    claims: claimsOf({ submissions, ranking: task.ranking, policy }).totals,
    refereeRoot: ZERO_BYTES32,
  };
  const result = summariseResult(document);
  onProgress?.({ step: 'document', done: 1, total: 1 });
  return { ...result, model: outcome.bytes, modelCid: outcome.cid, delta };
}

interface Base {
  bytes: Uint8Array;
  /** Missing where the file is no model of this architecture. */
  parameters?: Float32Array;
}

async function readBase(task: TaskDocument, cid: string, fetch: FetchContent, signal?: AbortSignal): Promise<Base> {
  const maxBytes = modelLimit(task.architecture);
  const content = await getContent(fetch, cid, maxBytes, signal);
  if ('problem' in content) return { bytes: new Uint8Array() };
  try {
    return { bytes: content.bytes, parameters: modelFromBytes(task.architecture, content.bytes, { maxBytes }) };
  } catch (error) {
    if (verdictOf(error) === undefined) throw error;
    return { bytes: content.bytes };
  }
}

async function readLastDelta(cid: string, fetch: FetchContent, signal?: AbortSignal): Promise<string | null> {
  const content = await getDocument(fetch, cid, MAX_RESULT_BYTES, signal);
  return 'problem' in content ? null : lastDeltaOf(content.bytes);
}

interface Scoring {
  read: ReadSubmission[];
  baseline: ResultEvaluation | null;
  ranking: Ranked | null;
  /** The next base, where the core trained it further on open data. */
  trained: Float32Array | null;
}

interface Shards {
  dataset: Samples;
  base: Float32Array;
  /** What the task started from, where it is asked for. */
  initial: Float32Array;
  last: string | null;
}

async function scoreSubmissions(
  p: ScoreRoundParameters,
  inputs: CheckedInputs,
  { dataset, base, initial, last }: Shards,
): Promise<Scoring> {
  const { core, task, fetch, onProgress, signal } = p;
  const { round } = inputs;
  const read = await readSubmissions({
    core,
    task,
    submissions: inputs.submissions,
    counted: inputs.counted,
    fetch,
    maxBytes: submissionLimit(task.architecture, inputs.policy.maxSubmissionBytes),
    initial,
    signal,
    onFetched: (done, total) => onProgress?.({ step: 'fetch', done, total }),
  });
  signal?.throwIfAborted();
  const byContribution = task.ranking === 'contribution';
  const open = openDataOf({
    core,
    task,
    round,
    base,
    shards: byContribution ? await openShards({ task, opened: inputs.opened, fetch, signal }) : [],
    last: last === null ? undefined : (await readBase(task, last, fetch, signal)).parameters,
    signal,
    onProgress: (done, total) => onProgress?.({ step: 'open', done, total }),
  });
  const { baseline, ranking, trained } = await playRound({
    core,
    task,
    round,
    base,
    dataset,
    open,
    candidates: inputs.submissions.flatMap(({ index, seats }) => {
      const r = read[index];
      return r?.verdict === 'readable' ? [{ index, seats, update: r.update }] : [];
    }),
    arenaMargin: inputs.policy.arenaMargin,
    signal,
    onScored: (done, total) => onProgress?.({ step: 'score', done, total }),
    onTrained: (done, total) => onProgress?.({ step: 'train', done, total }),
  });
  return { read, baseline: toResultEvaluation(baseline), ranking, trained };
}

/** Nobody can be scored, by no fault of those who submitted. */
function unscored({ submissions, counted }: CheckedInputs, verdict: 'shard-invalid' | 'base-invalid'): Scoring {
  const read = submissions.map(({ index }): ReadSubmission => ({
    verdict: counted.has(index) ? verdict : 'not-counted',
  }));
  return { read, baseline: null, ranking: null, trained: null };
}

/** The model that the round ends with. Where it is content that already has a CID on chain, it keeps that one. */
async function describeModel(
  task: TaskDocument,
  baseCid: string,
  baseBytes: Uint8Array,
  { ranking, read, trained }: Scoring,
): Promise<{ bytes: Uint8Array; cid: string }> {
  const outcome = ranking?.outcome;
  const parameters = trained ?? outcome?.parameters;
  if (!parameters) return { bytes: baseBytes, cid: baseCid };
  const winner = outcome && outcome.winner !== null ? read[outcome.winner] : undefined;
  if (!trained && winner?.verdict === 'readable' && winner.isModel) return { bytes: winner.bytes, cid: winner.cid };
  const bytes = modelToBytes(task.architecture, parameters);
  return { bytes, cid: await fileCid(bytes) };
}

async function describeDelta(task: TaskDocument, { ranking }: Scoring): Promise<RoundResult['delta']> {
  const delta = ranking?.outcome?.delta;
  if (!delta) return null;
  const bytes = modelToBytes(task.architecture, delta);
  return { bytes, cid: await fileCid(bytes) };
}

function describeSubmissions(
  task: TaskDocument,
  { submissions, policy }: CheckedInputs,
  { read, ranking }: Scoring,
): ResultSubmission[] {
  const scored = new Map(ranking?.scored.map((s) => [s.index, s]));
  const places = placesOf(submissions.map(({ index }) => scored.get(index)?.score ?? null));
  const weights = weightsOf(task, submissions, scored, policy.rankRatio);
  return submissions.map(({ index, node, cid, parameterRoot, seats }) => {
    const own = read[index];
    if (!own) throw protocolError('PROTOCOL_INVALID_ARGUMENT', `submission ${index} was not read`);
    const s = scored.get(index);
    return {
      index,
      node,
      cid,
      parameterRoot,
      seats,
      verdict: verdictFor(own, s),
      loss: s?.evaluation ? String(s.evaluation.loss) : null,
      correct: s?.evaluation?.correct ?? null,
      contribution: s && s.contribution !== null ? String(s.contribution) : null,
      rank: places[index] ?? null,
      weight: String(weights[index] ?? 0n),
    };
  });
}

function verdictFor(read: ReadSubmission, scored: Scored | undefined): Verdict {
  if (read.verdict !== 'readable') return read.verdict;
  if (!scored) return 'not-finite';
  if (scored.leftOut) return 'left-out';
  return scored.score === null ? 'no-contribution' : 'valid';
}
