import type { Core, Evaluation } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import type { ResultEvaluation } from '../result.ts';
import type { Samples } from '../samples.ts';
import { gradientAt } from './opened-data.ts';

/** Scores models on one shard. Every finite model has a score: where its logits overflow, the cap counts. */
export class Evaluator {
  readonly core: Core;
  readonly signal: AbortSignal | undefined;
  private readonly architecture: Architecture;
  private readonly dataset: Samples;

  constructor(core: Core, architecture: Architecture, dataset: Samples, signal?: AbortSignal) {
    this.core = core;
    this.architecture = architecture;
    this.dataset = dataset;
    this.signal = signal;
  }

  async evaluate(parameters: Float32Array): Promise<Evaluation> {
    await this.turn();
    const { inputs, labels } = this.dataset;
    const { layers, loss, arithmetic } = this.architecture;
    return this.core.evaluate({ layers, loss, arithmetic, parameters, inputs, labels });
  }

  /** Of the mean loss of a prediction, in f32 whatever scores; undefined where the model's outputs leave the numbers. */
  async gradient(parameters: Float32Array): Promise<Float32Array | undefined> {
    await this.turn();
    return gradientAt(this.core, this.architecture, parameters, this.dataset);
  }

  get predictions(): number {
    return this.dataset.predictions;
  }

  /** A turn of the event loop before each question: pages stay alive and a cancel is heard. */
  private async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
  }
}

export function toResultEvaluation(evaluation: Evaluation): ResultEvaluation {
  return { loss: String(evaluation.loss), correct: evaluation.correct, total: evaluation.count };
}
