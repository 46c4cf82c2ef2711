import type { Tokenizer } from './tokenizer.ts';

/** Tokens whose text may be half a character, and tokens without text that are kept before others. */
const MOST_HELD = 32;

/** Text of tokens as they come: whole characters, each once. */
export class TextStream {
  readonly #tokenizer: Tokenizer;
  /** The last tokens that were told, which say how the next one is written; whole characters, and not nothing. */
  #told: readonly number[] = [];
  #held: number[] = [];

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  add(tokens: readonly number[]): string {
    let text = '';
    for (const token of tokens) {
      if (this.#tokenizer.isSpecial(token)) continue;
      this.#held.push(token);
      text += this.#tell(false);
    }
    return text;
  }

  /** What is left, however it ends. */
  end(): string {
    return this.#tell(true);
  }

  #tell(isEnd: boolean): string {
    if (this.#held.length === 0) return '';
    const all = [...this.#told, ...this.#held];
    const before = this.#tokenizer.decode(this.#told);
    const text = this.#tokenizer.decode(all);
    const isWhole = text.startsWith(before) && !text.endsWith('\ufffd');
    if (!isWhole && !isEnd && this.#held.length < MOST_HELD) return '';
    this.#told = this.#tokenizer.decode(this.#held) === '' ? all.slice(-MOST_HELD) : this.#held;
    this.#held = [];
    return text.startsWith(before) ? text.slice(before.length) : text;
  }
}
