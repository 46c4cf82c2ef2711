import type { SerialisedError } from '@covey/errors';
import wasmUrl from '@covey/wasm-core/core.wasm?url';
import { computed, toValue, watch } from 'vue';
import type { ComputedRef, MaybeRefOrGetter, Ref } from 'vue';
import type { Round } from '../../api/endpoints.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import { sourcesOf } from '../../chain/sources.ts';
import { useWorkerTask } from '../../workers/use-worker-task.ts';
import type { VerifyOutcome, VerifyRequest, VerifyStep } from './messages.ts';
import { rowChecks } from './row-checks.ts';
import type { RowCheck } from './row-checks.ts';

export type VerifyStatus = 'idle' | 'running' | 'match' | 'mismatch' | 'error';

export interface Verification {
  status: ComputedRef<VerifyStatus>;
  progress: Ref<VerifyStep | undefined>;
  outcome: Ref<VerifyOutcome | undefined>;
  failure: Ref<SerialisedError | undefined>;
  /** Milliseconds that the last verification took. */
  elapsed: Ref<number | undefined>;
  rows: ComputedRef<Map<number, RowCheck>>;
  start(): void;
  cancel(): void;
}

/** Runs the verification worker for a round; a result is dropped when the round's accepted hash changes. */
export function useVerification(round: MaybeRefOrGetter<Round | undefined>): Verification {
  const config = useConfigQuery();
  const task = useWorkerTask<VerifyRequest, VerifyStep, VerifyOutcome>(
    () => new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' }),
    'WEB_VERIFY',
  );
  const { progress, outcome, failure, elapsed, cancel } = task;

  function start() {
    const target = toValue(round);
    const known = config.data.value;
    if (!target || !known) return;
    task.start({
      ...sourcesOf(known),
      wasmUrl: new URL(wasmUrl, location.href).href,
      taskId: target.taskId,
      round: target.round,
    });
  }

  watch(
    () => toValue(round)?.acceptedHash,
    (_hash, previous) => {
      if (previous !== undefined && task.status.value !== 'idle') cancel();
    },
  );
  const status = computed(() => {
    if (task.status.value !== 'done') return task.status.value;
    return outcome.value?.match ? 'match' : 'mismatch';
  });
  const rows = computed(() => rowChecks(outcome.value, failure.value, toValue(round)?.submissionList ?? []));
  return { status, progress, outcome, failure, elapsed, rows, start, cancel };
}
