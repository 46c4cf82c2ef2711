import type { Core, Evaluation, Layer } from '@covey/wasm-core';
import type { Dataset } from '../dataset.ts';
import type { ResultEvaluation } from '../result.ts';

/** Scores models on one shard. A model that cannot be scored, because its numbers overflow, gives undefined. */
export class Evaluator {
  readonly core: Core;
  private readonly layers: Layer[];
  private readonly dataset: Dataset;
  private readonly signal: AbortSignal | undefined;

  constructor(core: Core, layers: Layer[], dataset: Dataset, signal?: AbortSignal) {
    this.core = core;
    this.layers = layers;
    this.dataset = dataset;
    this.signal = signal;
  }

  async evaluate(parameters: Float32Array): Promise<Evaluation | undefined> {
    // A turn of the event loop before each: pages stay alive and a cancel is heard.
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    if (!this.core.isFinite(parameters)) return undefined;
    return this.core.evaluate({
      layers: this.layers,
      parameters,
      inputs: this.dataset.inputs,
      labels: this.dataset.labels,
    });
  }
}

export function toResultEvaluation(evaluation: Evaluation): ResultEvaluation {
  return { loss: String(evaluation.loss), correct: evaluation.correct, total: evaluation.count };
}
