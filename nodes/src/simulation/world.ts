import type { PlayedTask, Samples } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';

/** What a simulation is played on: everybody's data, and the task. Whatever is drawn follows from its seed. */
export interface World {
  core: Core;
  seed: number;
  task: PlayedTask;
  /** The model that the first round starts from. */
  start: Float32Array;
  /** Own data: one a training node; who of them plays is said by the mix. */
  parts: readonly Samples[];
  /** One a round. */
  shards: readonly Samples[];
  /** What models are measured on. */
  holdout: Samples;
}
