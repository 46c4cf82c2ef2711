import { documentCid, encodeProvenance, type Provenance } from '@covey/protocol';
import { newestBlock } from '../chain/events.ts';
import { readRound, type RoundId } from '../chain/read-round.ts';
import { readTask } from '../chain/read-task.ts';
import { clientError } from '../errors.ts';
import { findMaker } from './made-models.ts';
import { findRegistration, readMakerProvenance, type Registration } from './read-maker-provenance.ts';
import { readTaskProvenance } from './read-task-provenance.ts';
import type { ReadProvenanceParameters } from './parameters.ts';

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
  const { covey, onProgress = () => undefined } = parameters;
  const block = await newestBlock(covey);
  onProgress({ step: 'find', done: 0, total: 1 });
  const found = await resolve(parameters, block);
  const provenance =
    'round' in found
      ? await readTaskProvenance(parameters, found, block)
      : await readMakerProvenance(parameters, found);
  const bytes = encodeProvenance(provenance);
  return { provenance, bytes, cid: documentCid(bytes) };
}

async function resolve(
  { covey, reader, model }: ReadProvenanceParameters,
  block: bigint,
): Promise<RoundId | Registration> {
  if ('cid' in model) {
    const found =
      (await findMaker(covey, reader, model.cid, { block })) ?? (await findRegistration(covey, model.cid, block));
    if (found) return found;
    throw clientError('MODEL_UNKNOWN', 'Nobody of this deployment made or registered this model.', {
      expected: 'the CID of a model of an accepted and final round, or of a listing',
      got: model.cid,
    });
  }
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
