import type { MadeFile } from './finish-update.ts';
import type { Produce } from './produce.ts';
import { releaseUpdate, type Release } from './release-update.ts';
import type { Finishing } from './training.ts';

export interface FileSubmission extends Release {
  file: MadeFile;
  finish: Finishing;
}

/** Submits a file that was made elsewhere: the same in every round, and the same again after a crash. */
export function submitFile({ file, finish, ...release }: FileSubmission): Produce {
  return async (at) => {
    const { task, signal, limits } = at;
    const base = task.mode === 'federated' && file.holds === 'model' ? await at.base() : undefined;
    return await releaseUpdate(at, release, (options) => finish({ ...options, task, file, base, signal, limits }));
  };
}
