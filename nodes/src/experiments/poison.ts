import { classCount, parameterCount } from '@covey/protocol';
import { flippedLabels } from '@covey/wasm-core/attacks';
import { randomBytes } from 'node:crypto';
import { nodeError } from '../errors.ts';
import type { Produce } from '../trainer/produce.ts';
import { trainOwnData, type OwnTraining } from '../trainer/train-own-data.ts';

/** Random bytes of a submission's size, which are not a safetensors file. */
export const garbage: Produce = ({ task }) => Promise.resolve(randomBytes(parameterCount(task.architecture) * 4));

/** Trains honestly on flipped labels, so that its update pulls the model away from every class. */
export function labelFlip(own: OwnTraining): Produce {
  return async (round) => {
    if (!own.data.labels) throw nodeError('CONFIG_INVALID', 'Only labelled data can be label-flipped.');
    const labels = flippedLabels(own.data.labels, classCount(round.task.architecture));
    return await trainOwnData({ ...own, data: { ...own.data, labels } })(round);
  };
}
