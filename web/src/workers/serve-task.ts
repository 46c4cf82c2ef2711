import { isCoveyError } from '@covey/errors';
import { webError, type WebErrorCode } from '../errors.ts';
import type { TaskMessage } from './task-messages.ts';

/** What a worker's own global scope offers for talking to the page. */
interface WorkerScope {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  postMessage(message: unknown): void;
}

/**
 * The worker's side of `useWorkerTask`: runs `run` for each request that comes. Our own errors keep their codes; anything
 * else is told as `fault`.
 */
export function serveTask<Request, Progress, Outcome>(
  scope: WorkerScope,
  fault: WebErrorCode,
  run: (request: Request, tell: (progress: Progress) => void) => Promise<Outcome>,
): void {
  const send = (message: TaskMessage<Progress, Outcome>) => scope.postMessage(message);
  scope.addEventListener('message', (event) => {
    run(event.data as Request, (progress) => send({ type: 'progress', progress })).then(
      (outcome) => send({ type: 'outcome', outcome }),
      (cause: unknown) => {
        const message = cause instanceof Error ? cause.message : String(cause);
        const error = isCoveyError(cause) ? cause : webError(fault, message, { cause });
        send({ type: 'failure', failure: error.toJSON() });
      },
    );
  });
}
