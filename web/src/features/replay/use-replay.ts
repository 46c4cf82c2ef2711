import type { PolicyReplay, PolicySetting, ReplayProgress } from '@covey/governance';
import { computed, toValue, watch } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { useConfigQuery } from '../../api/use-config.ts';
import { sourcesOf } from '../../chain/sources.ts';
import { useWorkerTask } from '../../workers/use-worker-task.ts';
import type { ReplayRequest } from './replay-request.ts';

const keyOf = (changes: readonly PolicySetting[]) => changes.map(({ param, value }) => `${param}=${value}`).join();

/** Runs the replay worker for proposed numbers; a result is dropped when they change. */
export function useReplay(changes: MaybeRefOrGetter<readonly PolicySetting[]>) {
  const config = useConfigQuery();
  const task = useWorkerTask<ReplayRequest, ReplayProgress, PolicyReplay>(
    () => new Worker(new URL('./replay.worker.ts', import.meta.url), { type: 'module' }),
    'WEB_REPLAY',
  );

  function start() {
    const known = config.data.value;
    if (!known) return;
    // Copied out of what is reactive: a message to a worker takes no proxies.
    task.start({ ...sourcesOf(known), changes: toValue(changes).map(({ param, value }) => ({ param, value })) });
  }

  watch(() => keyOf(toValue(changes)), task.cancel);
  const ready = computed(() => config.data.value !== undefined);
  return { ...task, ready, start };
}
