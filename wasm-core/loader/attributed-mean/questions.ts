import { requireLength, throwIfAborted } from '../arguments.ts';
import { combine } from '../combine.ts';
import type { CoreInstance } from '../instantiate.ts';
import { withinF32 } from '../within-f32.ts';
import type { RuleAttributionParameters, ShardLoss } from './types.ts';

/** A candidate model and what it scores. */
export interface Model<E> {
  delta: Float32Array;
  parameters: Float32Array;
  evaluation: E;
}

/** How much may be asked about one round. */
export interface MostQuestions {
  evaluations: number;
  gradients: number;
}

/** What is asked about models: after each answer progress is shown and an abort heard. `most` answers may come. */
export class Questions<E extends ShardLoss> {
  readonly #core: CoreInstance;
  readonly #a: RuleAttributionParameters<E>;
  readonly #most: number;
  #asked = 0;

  constructor(core: CoreInstance, a: RuleAttributionParameters<E>, { evaluations, gradients }: MostQuestions) {
    this.#core = core;
    this.#a = a;
    this.#most = evaluations + gradients;
  }

  /** The base plus a delta; undefined where there is no delta, or no such model in f32. */
  async model(delta: Float32Array | undefined): Promise<Model<E> | undefined> {
    const parameters = this.#moved(delta);
    if (!delta || !parameters) return undefined;
    return { delta, parameters, evaluation: await this.#ask(this.#a.evaluate(parameters)) };
  }

  /** The gradient in the middle between the base and the base plus a delta. */
  async middleGradient(delta: Float32Array): Promise<Float64Array | undefined> {
    const middle = this.#moved(delta.map((value) => value * 0.5));
    const gradient = middle && (await this.#ask(this.#a.gradient(middle)));
    if (!gradient) return undefined;
    requireLength('gradient', gradient.length, delta.length, 'of the updates');
    return Float64Array.from(gradient);
  }

  #moved(delta: Float32Array | undefined): Float32Array | undefined {
    return delta && withinF32(() => combine(this.#core, 'addSimd', this.#a.base.parameters, delta));
  }

  async #ask<T>(question: Promise<T>): Promise<T> {
    const answer = await question;
    this.#a.onProgress?.(++this.#asked, this.#most);
    throwIfAborted(this.#a.signal);
    return answer;
  }
}
