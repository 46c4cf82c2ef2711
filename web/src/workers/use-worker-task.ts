import type { SerialisedError } from '@covey/errors';
import { onScopeDispose, ref, shallowRef } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import { webError, type WebErrorCode } from '../errors.ts';
import type { TaskMessage } from './task-messages.ts';

export type TaskStatus = 'idle' | 'running' | 'done' | 'error';

/** As much of a `Worker` as a task needs. */
export type TaskWorker = Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>;

export interface WorkerTask<Request, Progress, Outcome> {
  status: Ref<TaskStatus>;
  progress: ShallowRef<Progress | undefined>;
  outcome: ShallowRef<Outcome | undefined>;
  failure: ShallowRef<SerialisedError | undefined>;
  /** Milliseconds that the last run took, until its outcome or its failure. */
  elapsed: Ref<number | undefined>;
  /** Begins anew; a run that has not ended is aborted. */
  start(request: Request): void;
  /** Aborts the run, and forgets what came of an earlier one. */
  cancel(): void;
}

/**
 * One task at a time in a worker of its own, which ends with the task or with the component's scope. `fault` is the code
 * where the worker itself fails; the worker answers by `serveTask`.
 */
export function useWorkerTask<Request, Progress, Outcome>(
  open: () => TaskWorker,
  fault: WebErrorCode,
): WorkerTask<Request, Progress, Outcome> {
  const status = ref<TaskStatus>('idle');
  const progress = shallowRef<Progress>();
  const outcome = shallowRef<Outcome>();
  const failure = shallowRef<SerialisedError>();
  const elapsed = ref<number>();
  let worker: TaskWorker | undefined;

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
  function fail(error: SerialisedError) {
    stop();
    failure.value = error;
    status.value = 'error';
  }

  function start(request: Request) {
    cancel();
    status.value = 'running';
    const startedAt = performance.now();
    const own = open();
    worker = own;
    own.addEventListener('message', ({ data }: MessageEvent<TaskMessage<Progress, Outcome>>) => {
      // What an aborted worker had already sent may still arrive.
      if (worker !== own) return;
      if (data.type === 'progress') {
        progress.value = data.progress;
        return;
      }
      elapsed.value = performance.now() - startedAt;
      if (data.type === 'failure') return fail(data.failure);
      stop();
      outcome.value = data.outcome;
      status.value = 'done';
    });
    own.addEventListener('error', (event) => {
      if (worker === own) fail(webError(fault, event.message || 'The worker did not start.').toJSON());
    });
    own.postMessage(request);
  }

  onScopeDispose(stop);
  return { status, progress, outcome, failure, elapsed, start, cancel };
}
