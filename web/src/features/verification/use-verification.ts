import wasmUrl from '@covey/wasm-core/core.wasm?url';
import { computed, onScopeDispose, ref, toValue, watch } from 'vue';
import type { ComputedRef, MaybeRefOrGetter, Ref } from 'vue';
import type { AppConfig, Round } from '../../api/endpoints.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import type { RowCheck, VerifyFailure, VerifyMessage, VerifyOutcome, VerifyRequest } from './messages.ts';
import { rowChecks } from './row-checks.ts';

export type VerifyStatus = 'idle' | 'running' | 'match' | 'mismatch' | 'error';

export interface Verification {
  status: Ref<VerifyStatus>;
  progress: Ref<{ step: string; done: number; total: number } | undefined>;
  outcome: Ref<VerifyOutcome | undefined>;
  failure: Ref<VerifyFailure | undefined>;
  /** Milliseconds that the last verification took. */
  elapsed: Ref<number | undefined>;
  rows: ComputedRef<Map<number, RowCheck>>;
  start(): void;
  cancel(): void;
}

/** Runs the verification worker for a round; a result is dropped when the round's accepted hash changes. */
export function useVerification(round: MaybeRefOrGetter<Round | undefined>): Verification {
  const config = useConfigQuery();
  const status = ref<VerifyStatus>('idle');
  const progress = ref<{ step: string; done: number; total: number }>();
  const outcome = ref<VerifyOutcome>();
  const failure = ref<VerifyFailure>();
  const elapsed = ref<number>();
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
    const target = toValue(round);
    const known = config.data.value;
    if (!target || !known) return;
    cancel();
    status.value = 'running';
    const startedAt = performance.now();
    worker = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<VerifyMessage>) => {
      if (data.type === 'progress') {
        progress.value = { step: data.step, done: data.done, total: data.total };
        return;
      }
      elapsed.value = performance.now() - startedAt;
      if (data.type === 'failure') return fail(data.failure);
      stop();
      outcome.value = data.outcome;
      status.value = data.outcome.match ? 'match' : 'mismatch';
    });
    worker.addEventListener('error', (event) =>
      fail({ code: 'WEB_VERIFY', message: event.message || 'The worker did not start.' }),
    );
    worker.postMessage(request(known, target));
  }

  watch(
    () => toValue(round)?.acceptedHash,
    (_hash, previous) => {
      if (previous !== undefined && status.value !== 'idle') cancel();
    },
  );
  onScopeDispose(stop);
  const rows = computed(() => rowChecks(outcome.value, failure.value, toValue(round)?.submissionList ?? []));
  return { status, progress, outcome, failure, elapsed, rows, start, cancel };
}

function request(config: AppConfig, round: Round): VerifyRequest {
  const gateway = new URL(config.ipfsGateway, location.href).href.replace(/\/ipfs\/?$/, '');
  return {
    rpcUrl: new URL(config.rpcUrl, location.href).href,
    gateway,
    wasmUrl: new URL(wasmUrl, location.href).href,
    deployment: { ...config.deployment },
    taskId: round.taskId,
    round: round.round,
  };
}
