import { LOSS_CAP } from '@covey/wasm-core';
import type { Core, Evaluation } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import type { ResultEvaluation } from '../result.ts';
import type { Samples } from '../samples.ts';

/** Scores models on one shard. Every finite model has a score: where its logits overflow, the cap counts. */
export class Evaluator {
  readonly core: Core;
  private readonly architecture: Architecture;
  private readonly dataset: Samples;
  private readonly signal: AbortSignal | undefined;

  constructor(core: Core, architecture: Architecture, dataset: Samples, signal?: AbortSignal) {
    this.core = core;
    this.architecture = architecture;
    this.dataset = dataset;
    this.signal = signal;
  }

  async evaluate(parameters: Float32Array): Promise<Evaluation> {
    // A turn of the event loop before each: pages stay alive and a cancel is heard.
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    const { inputs, labels } = this.dataset;
    const { layers, loss } = this.architecture;
    return this.core.evaluate({ layers, loss, parameters, inputs, labels });
  }

  /** The largest loss that any model can have here, at most `MAX_LOSS`. */
  get worstLoss(): bigint {
    return LOSS_CAP * BigInt(this.dataset.predictions);
  }
}

export function toResultEvaluation(evaluation: Evaluation): ResultEvaluation {
  return { loss: String(evaluation.loss), correct: evaluation.correct, total: evaluation.count };
}
