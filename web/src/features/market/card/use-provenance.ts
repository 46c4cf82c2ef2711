import type { ModelReference } from '@covey/client';
import { toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { AppConfig, Listing } from '../../../api/endpoints.ts';
import { sourcesOf } from '../../../chain/sources.ts';
import { useWorkerTask } from '../../../workers/use-worker-task.ts';
import type { ProvenanceOutcome, ProvenanceRequest, ProvenanceStep } from './messages.ts';

/** Reads where a listing's model comes from, when it is asked to: that takes every round of its task. */
export function useProvenance(
  config: AppConfig,
  listing: MaybeRefOrGetter<Pick<Listing, 'taskId' | 'rounds' | 'modelCid'>>,
) {
  const task = useWorkerTask<ProvenanceRequest, ProvenanceStep, ProvenanceOutcome>(
    () => new Worker(new URL('./provenance.worker.ts', import.meta.url), { type: 'module' }),
    'WEB_PROVENANCE',
  );

  function read(): void {
    const { taskId, rounds, modelCid } = toValue(listing);
    const model: ModelReference = taskId === null ? { cid: modelCid } : { taskId: BigInt(taskId), round: rounds - 1 };
    task.start({ ...sourcesOf(config), model });
  }

  return { ...task, read };
}
