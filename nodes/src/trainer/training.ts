import type { Core } from '@covey/wasm-core';
import { runWorker, type ComputeLimits, type Outcome } from '../worker/run-worker.ts';
import { assertTrainable, trainUpdate, type TrainedUpdate, type TrainUpdateOptions } from './train-update.ts';

export interface TrainingParameters extends Omit<TrainUpdateOptions, 'core'> {
  signal?: AbortSignal | undefined;
  limits?: ComputeLimits | undefined;
}

/** How a training node computes its update. */
export type Training = (parameters: TrainingParameters) => Promise<TrainedUpdate>;

/** What the thread says. */
export type FromTraining = Outcome<TrainedUpdate> | TrainingProgress;

interface TrainingProgress {
  type: 'progress';
  done: number;
  total: number;
}

/** In this thread, which is busy until it is done. */
export const trainHere =
  (core: Core): Training =>
  ({ signal: _signal, limits: _limits, ...options }) =>
    Promise.resolve(trainUpdate({ ...options, core }));

/** In a thread of its own with a core of its own, so that no other round waits for it. */
export const trainInWorker: Training = async ({ signal, limits, onProgress, ...options }) => {
  // What is wrong with the data is said here, where errors keep their class.
  assertTrainable(options);
  return await runWorker<TrainedUpdate, TrainingProgress>({
    url: new URL('./train-worker.ts', import.meta.url),
    data: options,
    signal,
    limits,
    onMessage: ({ done, total }) => onProgress?.(done, total),
  });
};
