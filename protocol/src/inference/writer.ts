import { isCoreError, type Core, type Session, type SessionText } from '@covey/wasm-core';
import type { InferenceModel } from './embedding.ts';
import { outputsTogether, type Generation } from './generation.ts';

/** Bytes that a writer's session may take, weights and texts together: texts beyond are computed whole, token by token. */
const MOST_BYTES = 2 ** 30;

interface Kept {
  text: SessionText;
  /** How far the window had moved when it was computed. */
  moved: number;
}

/**
 * Texts of one model under way. What is computed of a token is kept in a session of the core for the tokens that follow, until
 * the window moves; then the window is computed anew for each token, as for models of which the core can keep nothing. The
 * tokens are those of `stepTogether`, to the bit. `close` gives the core's memory back.
 */
export class Writer {
  readonly #core: Core;
  readonly #model: InferenceModel;
  readonly #mostBytes: number;
  readonly #kept = new Map<Generation, Kept>();
  /** Undefined before it is needed, null where there is none. */
  #session: Session | null | undefined;
  #bytes = 0;
  #textBytes = 0;

  constructor(core: Core, model: InferenceModel, mostBytes = MOST_BYTES) {
    this.#core = core;
    this.#model = model;
    this.#mostBytes = mostBytes;
  }

  /** One token more for each. Where it throws, none has got one: each may be tried alone. */
  step(generations: readonly Generation[]): number[] {
    const kept = new Map(generations.map((one) => [one, this.#keptOf(one)]));
    const rows = new Map<Generation, Float32Array>();
    // First, as it can be done again: what follows goes on from what is kept.
    for (const group of similar(generations.filter((one) => !kept.get(one)))) {
      const outputs = outputsTogether(this.#core, this.#model, group);
      group.forEach((one, i) => rows.set(one, outputs[i]!));
    }
    const parts = [...kept].flatMap(([one, had]) =>
      had ? [{ one, text: had.text, tokens: one.seenFrom(had.text.seen) }] : [],
    );
    if (parts.length > 0) {
      const outputs = this.#session!.extend(parts);
      parts.forEach(({ one }, i) => rows.set(one, outputs[i]!));
    }
    const tokens = generations.map((one) => one.take(rows.get(one)!));
    for (const one of generations) if (one.finish !== null) this.drop(one);
    return tokens;
  }

  /** Nothing of it is needed any more. */
  drop(generation: Generation): void {
    const kept = this.#kept.get(generation);
    if (!kept) return;
    this.#kept.delete(generation);
    kept.text.close();
    this.#bytes -= this.#textBytes;
  }

  close(): void {
    this.#session?.close();
    this.#session = null;
    this.#kept.clear();
  }

  #keptOf(generation: Generation): Kept | undefined {
    const known = this.#kept.get(generation);
    if (known) {
      // Places have changed with the window.
      if (known.moved !== generation.moved) known.text.keep(0);
      known.moved = generation.moved;
      return known;
    }
    const session = this.#start();
    if (!session || this.#bytes + this.#textBytes > this.#mostBytes) return undefined;
    const text = unlessNone(() => session.open());
    if (!text) return undefined;
    const kept = { text, moved: generation.moved };
    this.#kept.set(generation, kept);
    this.#bytes += this.#textBytes;
    return kept;
  }

  #start(): Session | null {
    if (this.#session !== undefined) return this.#session;
    const { architecture, parameters } = this.#model;
    const { layers, arithmetic } = architecture;
    const made = unlessNone(() => {
      // Sessions are in f32: a model in integers computes whole texts.
      if (arithmetic) return undefined;
      const { session, text } = this.#core.sessionBytes(layers);
      if (session + text > this.#mostBytes) return undefined;
      [this.#bytes, this.#textBytes] = [session, text];
      return this.#core.session({ layers, parameters });
    });
    this.#session = made ?? null;
    return this.#session;
  }
}

function unlessNone<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (isCoreError(error) && (error.code === 'CORE_NO_SESSION' || error.code === 'CORE_OUT_OF_MEMORY'))
      return undefined;
    throw error;
  }
}

/** All in one call are as long as the longest: short ones wait for no long one. By tokens that are seen, to the next power of two. */
function similar(generations: readonly Generation[]): Generation[][] {
  const groups = new Map<number, Generation[]>();
  for (const one of generations) {
    const size = 32 - Math.clz32(one.seen - 1);
    groups.set(size, [...(groups.get(size) ?? []), one]);
  }
  return [...groups.values()];
}
