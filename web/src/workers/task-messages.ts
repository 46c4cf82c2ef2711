import type { SerialisedError } from '@covey/errors';

/** What a worker tells of the one task that it runs: any number of steps, then either end. */
export type TaskMessage<Progress, Outcome> =
  | { type: 'progress'; progress: Progress }
  | { type: 'outcome'; outcome: Outcome }
  | { type: 'failure'; failure: SerialisedError };
