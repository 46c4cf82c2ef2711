import { tensorPlaces, type DataDescription, type TaskDocument } from '@covey/protocol';
import { lossTypes } from '@covey/wasm-core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is written down of a task for a program that trains for it. */
export interface TaskFolder {
  taskId: bigint;
  /** Null before one is open. */
  round: number | null;
  task: TaskDocument;
  /** CID and bytes of the model to start from. */
  base: { cid: string; bytes: Uint8Array };
  training: TaskDocument['training'];
  seed: number;
  /** How the task's samples were made (`covey.data/1`); null where it does not say. */
  dataDescription: DataDescription | null;
  /** The node's data file; null where it named none. */
  data: string | null;
  /** Seconds that there are for training; null where nothing ends. */
  seconds: number | null;
}

export const folderFiles = {
  task: 'task.json',
  base: 'base.safetensors',
  model: 'model.safetensors',
  update: 'update.safetensors',
};

/**
 * Writes the folder that a training program reads and writes: `task.json` and `base.safetensors` are there before it runs,
 * `model.safetensors` after it; in a federated task `update.safetensors` may be there instead.
 */
export async function writeTaskFolder(folder: string, contents: TaskFolder): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { task, base } = contents;
  const { name, description, mode, architecture, metric } = task;
  const file = {
    schema: 'covey.train/1',
    task: String(contents.taskId),
    round: contents.round,
    name,
    description,
    mode,
    architecture,
    tensors: tensorPlaces(architecture).map((place) => ({ name: place.name, shape: place.shape })),
    loss: architecture.loss ?? lossTypes[0]!.name,
    metric,
    training: contents.training,
    seed: contents.seed,
    seconds: contents.seconds,
    baseCid: base.cid,
    base: folderFiles.base,
    data: contents.data,
    dataDescription: contents.dataDescription,
    model: folderFiles.model,
    update: mode === 'federated' ? folderFiles.update : null,
  };
  await writeFile(join(folder, folderFiles.base), base.bytes, { mode: 0o600 });
  await writeFile(join(folder, folderFiles.task), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
}
