import {
  modelLimit,
  parameterRoot,
  sha256Hex,
  type ProvenanceRound,
  type ProvenanceVoidRound,
  type TaskProvenance,
} from '@covey/protocol';
import { readRound, type RoundId } from '../chain/read-round.ts';
import { readTask, readTaskDocument } from '../chain/read-task.ts';
import { clientError } from '../errors.ts';
import { findMaker } from './made-models.ts';
import { readAcceptedRound, readVoidRound } from './read-origin-round.ts';
import type { ReadProvenanceParameters } from './parameters.ts';
import { readTaskPlaces } from './read-task-origin.ts';

/** Of what a round ended with, as a block has it. */
export async function readTaskProvenance(
  { covey, reader, decision, onProgress = () => undefined, signal }: Omit<ReadProvenanceParameters, 'model'>,
  { taskId, round }: RoundId,
  block: bigint,
): Promise<TaskProvenance> {
  const options = signal ? { signal } : {};
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
  return {
    schema: 'covey.provenance/1',
    by: 'task',
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
}

/** ROUND_NOT_READY: what a round that is asked for has instead of a result that stands. */
const notFinal = (taskId: bigint, round: number, phase: string) =>
  clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} has no final result.`, {
    expected: 'phase claimable',
    got: `phase ${phase}`,
  });
