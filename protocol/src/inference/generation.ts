import { networkLayout, type Core, type Inputs } from '@covey/wasm-core';
import type { TokensAnswer } from './answer.ts';
import type { InferenceModel } from './embedding.ts';
import type { GenerateRequest } from './request.ts';
import { drawToken, drawsOf, likeliest } from './sampling.ts';
import { endsWith } from './texts.ts';
import { requireNextTokens, tokenArray } from './tokens.ts';
import { overTokens } from './window.ts';

/** A text under way: token after token, each from the last ones that the model sees. */
export class Generation {
  readonly request: GenerateRequest;
  readonly tokens: number[] = [];
  /** Null while it goes on. */
  finish: TokensAnswer['finish'] | null = null;
  readonly #seen: number[];
  #moved = 0;
  readonly #length: number;
  readonly #draw: () => bigint;

  constructor({ architecture }: Pick<InferenceModel, 'architecture'>, request: GenerateRequest) {
    const { size } = requireNextTokens(architecture.layers, [request.prompt, ...request.stop]);
    this.request = request;
    this.#length = size;
    this.#seen = request.prompt.slice(-size);
    this.#draw = drawsOf(request.seed);
  }

  /** Tokens that the next one is computed from; the outputs of the last of them say what follows. */
  get seen(): number {
    return this.#seen.length;
  }

  /** Those tokens, from place `from` on. */
  seenFrom(from: number): number[] {
    return this.#seen.slice(from);
  }

  /** By how many tokens the window has moved: each has another place then, and what was computed of it holds no more. */
  get moved(): number {
    return this.#moved;
  }

  /** What stands behind the text does not matter: no token sees one that follows it. */
  write(sample: Inputs): void {
    sample.fill(0);
    sample.set(this.#seen);
  }

  /** Outputs of the last token that is seen. */
  take(outputs: Float32Array): number {
    const { temperature, length, stop } = this.request;
    const token = temperature === 0 ? likeliest(outputs) : drawToken(outputs, temperature, this.#draw());
    this.tokens.push(token);
    if (this.#seen.length === this.#length) {
      this.#seen.shift();
      this.#moved++;
    }
    this.#seen.push(token);
    if (stop.some((end) => endsWith(this.tokens, end))) this.finish = 'stop';
    else if (this.tokens.length === length) this.finish = 'length';
    return token;
  }

  get answer(): TokensAnswer {
    return { schema: 'covey.answer/1', kind: 'tokens', tokens: this.tokens, finish: this.finish! };
  }
}

/**
 * One token more for each from the whole text; they are computed together, as long as the longest, and each gets what it would
 * get alone. What `Writer` says is held to it.
 */
export function stepTogether(core: Core, model: InferenceModel, generations: readonly Generation[]): number[] {
  const rows = outputsTogether(core, model, generations);
  return generations.map((one, i) => one.take(rows[i]!));
}

/** Outputs of the last token of each. */
export function outputsTogether(core: Core, model: InferenceModel, generations: readonly Generation[]): Float32Array[] {
  const tokens = Math.max(...generations.map(({ seen }) => seen));
  const { architecture, parameters } = overTokens(model, tokens);
  const { layers, arithmetic } = architecture;
  const { rows, classes } = networkLayout(layers);
  // One more a sample, which is only a target.
  const size = tokens + 1;
  const inputs = tokenArray(classes, generations.length * size);
  generations.forEach((one, i) => one.write(inputs.subarray(i * size, (i + 1) * size)));
  const outputs = core.outputs({ layers, arithmetic, parameters, inputs });
  return generations.map((one, i) => {
    const at = (i * rows + one.seen - 1) * classes;
    return outputs.subarray(at, at + classes);
  });
}
