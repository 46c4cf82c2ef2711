import {
  encodeProvenance,
  documentCid,
  modelLimit,
  parameterRoot,
  sha256Hex,
  type Provenance,
  type ProvenanceDecision,
  type ProvenancePlace,
  type ProvenanceRound,
  type ProvenanceVoidRound,
} from '@covey/protocol';
import type { CoveyChain } from '../chain/chain.ts';
import { newestBlock } from '../chain/events.ts';
import { readRound } from '../chain/read-round.ts';
import { readTask, readTaskDocument } from '../chain/read-task.ts';
import type { ContentReader } from '../content/content-store.ts';
import { clientError } from '../errors.ts';
import { findMaker, requireMaker } from './made-models.ts';
import { readAcceptedRound, readVoidRound } from './read-origin-round.ts';
import { readTaskPlaces } from './read-task-origin.ts';

/** A model by its CID, or as what a task has last, or a round of it, ended with. */
export type ModelReference = { cid: string } | { taskId: bigint; round?: number };

export interface ProvenanceProgress {
  step: 'find' | 'round' | 'decision' | 'lineage' | 'model' | 'shard' | 'replay';
  done: number;
  total: number;
}

/** How a task was approved; `readTaskDecision` of governance, which knows the DAO's votes. */
export type ReadDecision = (
  covey: CoveyChain,
  task: { taskId: bigint; approved: ProvenancePlace },
) => Promise<ProvenanceDecision>;

export interface ReadProvenanceParameters {
  covey: CoveyChain;
  reader: ContentReader;
  model: ModelReference;
  decision: ReadDecision;
  onProgress?: ((progress: ProvenanceProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface ReadProvenance {
  provenance: Provenance;
  /** The document's exact bytes, and its CID. */
  bytes: Uint8Array;
  cid: string;
}

/**
 * Where a model comes from, by chain and content alone: each fact proven as `reads.md` says, or refused. Only what was
 * final when the model's round was is told, so the same chain gives the same bytes, then and later.
 */
export async function readProvenance(parameters: ReadProvenanceParameters): Promise<ReadProvenance> {
  const { covey, reader, decision, onProgress = () => undefined, signal } = parameters;
  const options = signal ? { signal } : {};
  const block = await newestBlock(covey);
  onProgress({ step: 'find', done: 0, total: 1 });
  const { taskId, round } = await resolve(parameters, block);
  const task = await readTask(covey, taskId);
  const document = await readTaskDocument(reader, task, options);

  const accepted: ProvenanceRound[] = [];
  const voided: ProvenanceVoidRound[] = [];
  const of = { covey, reader, task: document, taskCid: task.document, options };
  let base = document.initialModel;
  for (let number = 0; number <= round; number++) {
    onProgress({ step: 'round', done: number, total: round + 1 });
    const info = await readRound(covey, taskId, number, block);
    if (info.phase === 'void') {
      voided.push(await readVoidRound(of, info));
      continue;
    }
    if (info.phase !== 'claimable') throw notFinal(taskId, number, info.phase);
    const told = await readAcceptedRound(of, info, base);
    accepted.push(told);
    base = told.model;
  }
  const last = accepted.at(-1);
  if (last?.round !== round) throw notFinal(taskId, round, 'void');

  onProgress({ step: 'decision', done: 0, total: 1 });
  const places = await readTaskPlaces(covey, task, block);
  const decided = await decision(covey, { taskId, approved: places.approved });
  onProgress({ step: 'lineage', done: 0, total: 1 });
  const maker = await findMaker(covey, reader, document.initialModel, { block, before: last.finalized });
  onProgress({ step: 'model', done: 0, total: 1 });
  const file = await reader.get(base, { ...options, maxBytes: modelLimit(document.architecture) });

  const { chainId, dao, taskManager, roundManager, submissions, attestations, results, policy } = covey.deployment;
  const provenance: Provenance = {
    schema: 'covey.provenance/1',
    deployment: { chainId, dao, taskManager, roundManager, submissions, attestations, results, policy },
    model: {
      cid: base,
      bytes: file.byteLength,
      sha256: sha256Hex(file),
      parameterRoot: parameterRoot(file),
      architecture: document.architecture,
      data: document.data ?? null,
    },
    licence: document.licence ?? null,
    origin: {
      by: 'task',
      taskId: String(taskId),
      round,
      document: task.document,
      name: document.name,
      creator: task.creator,
      mode: document.mode,
      ranking: document.ranking,
      metric: document.metric,
      aggregation: document.aggregation,
      rounds: document.rounds,
      admissionRoot: task.admissionRoot,
      ...places,
      decision: decided,
      initial: {
        model: document.initialModel,
        madeBy: maker && { taskId: String(maker.taskId), round: maker.round, finalized: maker.finalized },
      },
      accepted,
      voided,
    },
  };
  const bytes = encodeProvenance(provenance);
  return { provenance, bytes, cid: documentCid(bytes) };
}

async function resolve(
  { covey, reader, model }: ReadProvenanceParameters,
  block: bigint,
): Promise<{ taskId: bigint; round: number }> {
  if ('cid' in model) return await requireMaker(covey, reader, model.cid, block);
  const { taskId, round } = model;
  if (round !== undefined) return { taskId, round };
  const { roundsOpened } = await readTask(covey, taskId);
  for (let number = roundsOpened - 1; number >= 0; number--) {
    if ((await readRound(covey, taskId, number, block)).phase === 'claimable') return { taskId, round: number };
  }
  throw clientError('ROUND_NOT_READY', `Task ${taskId} has no model yet: no round of it was accepted and is final.`, {
    got: `${roundsOpened} rounds opened`,
  });
}

const notFinal = (taskId: bigint, round: number, phase: string) =>
  clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} has no final result.`, {
    expected: 'phase claimable',
    got: `phase ${phase}`,
  });
