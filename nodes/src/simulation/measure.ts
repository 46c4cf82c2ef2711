import type { Samples } from '@covey/protocol';
import { isCoreError, LOSS_CAP, lossOf, networkLayout } from '@covey/wasm-core';
import type { World } from './world.ts';

/** Units of the core's losses in one (2^-32 nat, or of squared error). */
const UNIT = 2 ** 32;

/** What a model is worth on some samples. */
export interface Measure {
  /** Mean of a prediction: nats, or the squared error. */
  loss: number;
  /** Right predictions of all, in per cent; NaN where what is predicted are real numbers. */
  accuracy: number;
}

/** A model whose outputs are no numbers is right nowhere, and loses the most that one can. */
export function measure(
  { core, task }: Pick<World, 'core' | 'task'>,
  parameters: Float32Array,
  { inputs, labels }: Samples,
): Measure {
  const { layers, loss, arithmetic } = task.architecture;
  const isClass = hasClasses(task);
  try {
    const evaluation = core.evaluate({ layers, loss, arithmetic, parameters, inputs, labels });
    const accuracy = isClass ? (100 * evaluation.correct) / evaluation.count : NaN;
    return { loss: Number(evaluation.loss) / UNIT / evaluation.count, accuracy };
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'CORE_DIVERGED') throw error;
    return { loss: Number(LOSS_CAP) / UNIT, accuracy: isClass ? 0 : NaN };
  }
}

/** Whether the task predicts a class, or a token, and no real numbers. */
export function hasClasses({ architecture: { layers, loss } }: World['task']): boolean {
  return lossOf(networkLayout(layers), loss).targets === 'class';
}
