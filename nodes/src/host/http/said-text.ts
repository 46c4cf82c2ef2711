import type { TextTokens, TokensAnswer } from '@covey/protocol/inference';

/** Text of tokens as they come: whole characters, and nothing from a stop on, nor what may still become one. */
export class SaidText {
  readonly #stream: ReturnType<TextTokens['stream']>;
  readonly #stops: readonly string[];
  #waiting = '';
  #tokens = 0;
  #isOver = false;

  constructor(text: TextTokens, stops: readonly string[]) {
    this.#stream = text.stream();
    this.#stops = stops;
  }

  /** Whether a stop was said. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What can be said now. */
  add(tokens: readonly number[]): string {
    this.#tokens += tokens.length;
    return this.#tell(this.#stream.add(tokens), false);
  }

  /** The rest. */
  end({ tokens }: TokensAnswer): string {
    const said = this.add(tokens.slice(this.#tokens));
    return said + this.#tell(this.#stream.end(), true);
  }

  #tell(more: string, isEnd: boolean): string {
    if (this.#isOver) return '';
    this.#waiting += more;
    const stop = firstStop(this.#waiting, this.#stops);
    this.#isOver = stop !== undefined;
    const end = stop ?? this.#waiting.length - (isEnd ? 0 : beginning(this.#waiting, this.#stops));
    const said = this.#waiting.slice(0, end);
    this.#waiting = this.#waiting.slice(end);
    return said;
  }
}

/** Where the stop begins that ends first; of those that end together the one that was named first. */
function firstStop(text: string, stops: readonly string[]): number | undefined {
  let found: { start: number; end: number } | undefined;
  for (const stop of stops) {
    const start = text.indexOf(stop);
    if (start >= 0 && (!found || start + stop.length < found.end)) found = { start, end: start + stop.length };
  }
  return found?.start;
}

/** How much of the end may be the beginning of a stop. */
function beginning(text: string, stops: readonly string[]): number {
  let most = 0;
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > most; length--)
      if (stop.startsWith(text.slice(-length))) most = length;
  return most;
}
