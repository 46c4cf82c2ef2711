import { useWorkerTask } from '../../../workers/use-worker-task.ts';
import type { SealedOutcome, SealedRequest, SealedStep } from './messages.ts';

/** One piece of work on a sealed file at a time, in a worker of its own. */
export const useSealedTask = () =>
  useWorkerTask<SealedRequest, SealedStep, SealedOutcome>(
    () => new Worker(new URL('./sealed.worker.ts', import.meta.url), { type: 'module' }),
    'WEB_SEALED',
  );
