import type { Dataset, TaskDocument } from '@covey/protocol';
import type { Produce } from './produce.ts';
import { releaseUpdate, type Release } from './release-update.ts';
import { roundSeed } from './round-seed.ts';
import { saidSometimes } from './said-sometimes.ts';
import type { Training } from './training.ts';

export interface OwnTraining extends Release {
  /** `trainInWorker`, or `trainHere` in this thread. */
  train: Training;
  /** The node's own samples; they never leave it. */
  data: Dataset;
  /** Where they differ from what the task suggests. */
  training?: Partial<TaskDocument['training']>;
  /** Seed of the order of samples; default: derived from node, task and round. */
  seed?: number;
}

/** Trains the round's model on the node's own data, in the core. */
export function trainOwnData({ train, data, training, seed, ...release }: OwnTraining): Produce {
  return async (at) => {
    const { taskId, round, task, onEvent, signal, limits } = at;
    const base = await at.base();
    return await releaseUpdate(at, release, (finish) =>
      train({
        ...finish,
        signal,
        limits,
        task,
        base,
        data,
        seed: seed ?? roundSeed(at),
        onProgress: saidSometimes((done, total) => onEvent({ event: 'training', taskId, round, done, total })),
        ...(training ? { training } : {}),
      }),
    );
  };
}
