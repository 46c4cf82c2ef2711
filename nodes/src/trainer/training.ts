import type { Core } from '@covey/wasm-core';
import { runWorker, type ComputeLimits, type Outcome } from '../worker/run-worker.ts';
import { finishFile, type FinishFileOptions, type TrainedUpdate } from './finish-update.ts';
import { assertTrainable, trainUpdate, type TrainUpdateOptions } from './train-update.ts';

interface Running {
  signal?: AbortSignal | undefined;
  limits?: ComputeLimits | undefined;
}

export interface TrainingParameters extends Omit<TrainUpdateOptions, 'core'>, Running {}

/** How a training node computes its update. */
export type Training = (parameters: TrainingParameters) => Promise<TrainedUpdate>;

/** How it makes a file that was trained elsewhere into one to submit. */
export type Finishing = (parameters: FinishFileOptions & Running) => Promise<TrainedUpdate>;

/** What the thread is given. */
export type ToTraining = Omit<TrainUpdateOptions, 'core' | 'onProgress'> | FinishFileOptions;

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
  return await inWorker(options, { signal, limits }, onProgress);
};

/** The same for files. What is wrong with one keeps its code on the way, and its words. */
export const finishInWorker: Finishing = async ({ signal, limits, ...options }) =>
  await inWorker(options, { signal, limits });

async function inWorker(
  data: ToTraining,
  { signal, limits }: Running,
  onProgress?: (done: number, total: number) => void,
): Promise<TrainedUpdate> {
  return await runWorker<TrainedUpdate, TrainingProgress>({
    url: new URL('./train-worker.ts', import.meta.url),
    data,
    signal,
    limits,
    onMessage: ({ done, total }) => onProgress?.(done, total),
  });
}

/** The thread's work. */
export function finishOrTrain(core: Core, work: ToTraining, onProgress: (done: number, total: number) => void) {
  return 'file' in work ? finishFile({ ...work, core }) : trainUpdate({ ...work, core, onProgress });
}
