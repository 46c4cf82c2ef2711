import { readTask, readTaskDocument } from '../chain/read-task.ts';
import type { ContentReader } from '../content/content-store.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { classCount, modelFromBytes, type TaskDocument } from '@covey/protocol';
import { lossOf, networkLayout, type Core, type Inputs } from '@covey/wasm-core';

export interface FetchedModel {
  cid: string;
  bytes: Uint8Array;
  parameters: Float32Array;
  task: TaskDocument;
}

/** Fetches a model of a task by CID: every block is hashed here, and the tensors must be the architecture's. */
export async function fetchModel(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  cid: string,
): Promise<FetchedModel> {
  const task = await readTaskDocument(reader, await readTask(covey, taskId));
  const bytes = await reader.get(cid);
  const parameters = modelFromBytes(task.architecture, bytes, { maxBytes: bytes.byteLength });
  return { cid, bytes, parameters, task };
}

export interface Prediction {
  /** [rows][outputs]: probabilities of classes, or of tokens; where the task's loss is squared error, real numbers. */
  outputs: number[][];
  /** The most probable class of each row; none where outputs are real numbers. */
  classes: number[];
}

/** Runs a model on samples as the core takes them: a row of outputs each, or one a token. */
export function predict(
  core: Core,
  model: { parameters: Float32Array; task: Pick<TaskDocument, 'architecture'> },
  inputs: Inputs,
): Prediction {
  const { architecture } = model.task;
  const { layers, arithmetic } = architecture;
  const real = lossOf(networkLayout(layers), architecture.loss).targets === 'outputs';
  const flat = core[real ? 'outputs' : 'predict']({ layers, arithmetic, parameters: model.parameters, inputs });
  const width = classCount(architecture);
  const outputs = Array.from({ length: flat.length / width }, (_, row) =>
    Array.from(flat.subarray(row * width, (row + 1) * width)),
  );
  return { outputs, classes: real ? [] : outputs.map(largest) };
}

/** The lowest of equal ones. Not Math.max(…row), which takes no hundred thousand arguments. */
function largest(row: readonly number[]): number {
  return row.reduce((best, value, i) => (value > row[best]! ? i : best), 0);
}
