import type { PolicyReplay, PolicySetting } from '@covey/governance';
import type { ReplayProgress } from '@covey/nodes/browser';
import { computed, onScopeDispose, ref, shallowRef, toValue, watch } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { useConfigQuery } from '../../api/use-config.ts';
import type { VerifyFailure } from '../verification/messages.ts';
import type { ReplayMessage, ReplayRequest } from './messages.ts';

export type ReplayStatus = 'idle' | 'running' | 'done' | 'error';

const keyOf = (changes: readonly PolicySetting[]) => changes.map(({ param, value }) => `${param}=${value}`).join();

/** Runs the replay worker for proposed numbers; a result is dropped when they change. */
export function useReplay(changes: MaybeRefOrGetter<readonly PolicySetting[]>) {
  const config = useConfigQuery();
  const status = ref<ReplayStatus>('idle');
  const progress = ref<ReplayProgress>();
  const outcome = shallowRef<PolicyReplay>();
  const failure = ref<VerifyFailure>();
  let worker: Worker | undefined;

  function stop() {
    worker?.terminate();
    worker = undefined;
    progress.value = undefined;
  }
  function cancel() {
    stop();
    status.value = 'idle';
    outcome.value = undefined;
    failure.value = undefined;
  }
  function fail(value: VerifyFailure) {
    stop();
    failure.value = value;
    status.value = 'error';
  }

  function start() {
    const known = config.data.value;
    if (!known) return;
    cancel();
    status.value = 'running';
    worker = new Worker(new URL('./replay.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<ReplayMessage>) => {
      if (data.type === 'progress') progress.value = data.progress;
      else if (data.type === 'failure') fail(data.failure);
      else {
        stop();
        outcome.value = data.outcome;
        status.value = 'done';
      }
    });
    worker.addEventListener('error', (event) =>
      fail({ code: 'WEB_REPLAY', message: event.message || 'The worker did not start.' }),
    );
    const request: ReplayRequest = {
      rpcUrl: new URL(known.rpcUrl, location.href).href,
      gateway: new URL(known.ipfsGateway, location.href).href.replace(/\/ipfs\/?$/, ''),
      deployment: { ...known.deployment },
      changes: toValue(changes).map(({ param, value }) => ({ param, value })),
    };
    worker.postMessage(request);
  }

  watch(() => keyOf(toValue(changes)), cancel);
  onScopeDispose(stop);
  const ready = computed(() => config.data.value !== undefined);
  return { status, progress, outcome, failure, ready, start, cancel };
}
