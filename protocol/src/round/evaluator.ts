import type { Core, Evaluation, Layer } from '@covey/wasm-core';
import type { Dataset } from '../dataset.ts';
import type { ResultEvaluation } from '../result.ts';

/** Loss of one sample on which a model breaks down, unit 2^-32 nat: the core's cap of 2^20 nat. */
const LOSS_CAP = 1n << 52n;

/** Scores models on one shard. Every finite model has a score: where its logits overflow, the cap counts. */
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

  async evaluate(parameters: Float32Array): Promise<Evaluation> {
    // A turn of the event loop before each: pages stay alive and a cancel is heard.
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    const { inputs, labels } = this.dataset;
    return this.core.evaluate({ layers: this.layers, parameters, inputs, labels });
  }

  /** The largest loss that any model can have here. */
  get worstLoss(): bigint {
    return LOSS_CAP * BigInt(this.dataset.labels.length);
  }
}

export function toResultEvaluation(evaluation: Evaluation): ResultEvaluation {
  return { loss: String(evaluation.loss), correct: evaluation.correct, total: evaluation.count };
}
