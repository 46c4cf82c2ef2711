import {
  Embedding,
  Generation,
  Writer,
  encodeAnswer,
  inputsOfRequest,
  predictTogether,
  type InferenceModel,
  type InferenceRequest,
  type PredictRequest,
} from '@covey/protocol/inference';
import type { Core } from '@covey/wasm-core';
import { toSent, type SentError } from '../../worker/run-worker.ts';

/** What becomes of a request: tokens as they come, then the answer's document, or why there is none. */
export type Said =
  | { type: 'tokens'; id: number; tokens: number[] }
  | { type: 'answered'; id: number; document: Uint8Array; together: number }
  | { type: 'refused'; id: number; error: SentError };

/** Texts that go on together, and rows that are computed at once. */
const MAX_TOGETHER = 64;
const MAX_ROWS = 4096;
/** Calls of the core for one request's embeddings in a tick: each takes the model's window at most. */
const MAX_CALLS = 4;

interface Waiting<R> {
  id: number;
  request: R;
}

/** Of one model. */
class Queue {
  predict: Waiting<PredictRequest>[] = [];
  /** Texts of each are embedded a few a tick, in turns. */
  embed: { id: number; embedding: Embedding }[] = [];
  /** Texts under way; those behind the first `MAX_TOGETHER` wait. */
  generate: { id: number; generation: Generation }[] = [];
  /** Keeps what was computed of them, while there are any. */
  writer: Writer | undefined;
}

/**
 * Requests of many callers, computed together where they ask the same model: rows in one call of the core, texts a token
 * each in one call. What each gets is what it would get alone.
 */
export class Batcher {
  readonly #core: Core;
  readonly #models: ReadonlyMap<string, InferenceModel>;
  readonly #say: (said: Said) => void;
  readonly #queues = new Map<string, Queue>();

  constructor(core: Core, models: ReadonlyMap<string, InferenceModel>, say: (said: Said) => void) {
    this.#core = core;
    this.#models = models;
    this.#say = say;
  }

  add(id: number, request: InferenceRequest): void {
    this.#together([{ id }], () => {
      const model = this.#models.get(request.model)!;
      const queue = this.#queues.get(request.model) ?? new Queue();
      this.#queues.set(request.model, queue);
      switch (request.kind) {
        case 'predict':
          // Refused here, so that it spoils no call with others.
          inputsOfRequest(model.architecture, request);
          queue.predict.push({ id, request });
          break;
        case 'embed':
          queue.embed.push({ id, embedding: new Embedding(model, request) });
          break;
        case 'generate':
          queue.generate.push({ id, generation: new Generation(model, request) });
          break;
      }
    });
  }

  /** Nobody waits for it any more. */
  cancel(id: number): void {
    for (const queue of this.#queues.values()) {
      for (const one of queue.generate) if (one.id === id) queue.writer?.drop(one.generation);
      queue.predict = queue.predict.filter((one) => one.id !== id);
      queue.embed = queue.embed.filter((one) => one.id !== id);
      queue.generate = queue.generate.filter((one) => one.id !== id);
    }
  }

  /** One call of the core for each model and kind; false when there is nothing to do. */
  tick(): boolean {
    for (const [name, queue] of this.#queues) {
      const model = this.#models.get(name)!;
      this.#predict(model, queue);
      this.#embed(queue);
      this.#step(model, queue);
      if (queue.predict.length + queue.embed.length + queue.generate.length === 0) this.#queues.delete(name);
    }
    return this.#queues.size > 0;
  }

  #predict(model: InferenceModel, queue: Queue): void {
    const [first] = queue.predict;
    if (!first) return;
    let rows = 0;
    const taken: Waiting<PredictRequest>[] = [];
    const left: Waiting<PredictRequest>[] = [];
    for (const one of queue.predict) {
      const fits = one.request.values === first.request.values && rows + one.request.rows <= MAX_ROWS;
      if (one === first || (fits && taken.length < MAX_TOGETHER)) {
        taken.push(one);
        rows += one.request.rows;
      } else left.push(one);
    }
    queue.predict = left;
    this.#together(taken, (some) => {
      const answers = predictTogether(
        this.#core,
        model,
        some.map(({ request }) => request),
      );
      answers.forEach((answer, i) => this.#answer(some[i]!.id, encodeAnswer(answer), some.length));
    });
  }

  #embed(queue: Queue): void {
    const next = queue.embed.shift();
    if (!next) return;
    const { id, embedding } = next;
    this.#together([next], () => {
      for (let i = 0; i < MAX_CALLS && !embedding.answer; i++) embedding.step(this.#core);
      // Behind the others: a long one keeps nobody waiting.
      if (embedding.answer) this.#answer(id, encodeAnswer(embedding.answer), 1);
      else queue.embed.push(next);
    });
  }

  #step(model: InferenceModel, queue: Queue): void {
    const together = queue.generate.slice(0, MAX_TOGETHER);
    if (together.length > 0) {
      const writer = (queue.writer ??= new Writer(this.#core, model));
      const over = new Set<number>();
      const failed = this.#together(together, (some) => this.#write(writer, [...some], over));
      for (const one of together) if (failed.has(one.id)) writer.drop(one.generation);
      queue.generate = queue.generate.filter(({ id }) => !over.has(id) && !failed.has(id));
    }
    if (queue.generate.length > 0) return;
    queue.writer?.close();
    queue.writer = undefined;
  }

  /** @param over Takes those that are. */
  #write(writer: Writer, some: Queue['generate'], over: Set<number>): void {
    const tokens = writer.step(some.map(({ generation }) => generation));
    for (const [i, { id, generation }] of some.entries()) {
      this.#say({ type: 'tokens', id, tokens: [tokens[i]!] });
      if (generation.finish === null) continue;
      over.add(id);
      this.#answer(id, encodeAnswer(generation.answer), some.length);
    }
  }

  #answer(id: number, document: Uint8Array, together: number): void {
    this.#say({ type: 'answered', id, document, together });
  }

  /** Where one spoils the call for all, each is done alone. Which of them fail. */
  #together<T extends { id: number }>(all: readonly T[], work: (some: readonly T[]) => void): Set<number> {
    try {
      work(all);
      return new Set();
    } catch (error) {
      if (all.length > 1) return new Set(all.flatMap((one) => [...this.#together([one], work)]));
      for (const { id } of all) this.#say({ type: 'refused', id, error: toSent(error) });
      return new Set(all.map(({ id }) => id));
    }
  }
}
