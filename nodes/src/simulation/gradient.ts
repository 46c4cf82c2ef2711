import { gradientAt, type PlayedTask, type Samples } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';

/** Of the mean loss; zeros where the model's outputs leave the numbers. */
export function gradientOf(core: Core, task: PlayedTask, parameters: Float32Array, samples: Samples): Float32Array {
  return gradientAt(core, task.architecture, parameters, samples) ?? new Float32Array(parameters.length);
}
