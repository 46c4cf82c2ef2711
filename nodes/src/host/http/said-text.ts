import { tokensOfText, withoutStop, type TokensAnswer } from '@covey/protocol/inference';

/** Text of tokens as they come: whole characters, and nothing that may still turn out to be a stop. */
export class SaidText {
  readonly #decoder = new TextDecoder();
  readonly #stops: readonly (readonly number[])[];
  readonly #held: number;
  readonly #tokens: number[] = [];
  #said = 0;

  constructor(stops: readonly string[]) {
    this.#stops = stops.map(tokensOfText);
    this.#held = Math.max(0, ...this.#stops.map(({ length }) => length));
  }

  /** What can be said now. */
  add(tokens: readonly number[]): string {
    this.#tokens.push(...tokens);
    return this.#until(this.#tokens.length - this.#held, true);
  }

  /** The rest. */
  end(answer: TokensAnswer): string {
    const all = withoutStop(answer, this.#stops);
    this.#tokens.splice(0, this.#tokens.length, ...all);
    return this.#until(all.length, false);
  }

  #until(end: number, stream: boolean): string {
    const bytes = Uint8Array.from(this.#tokens.slice(this.#said, Math.max(this.#said, end)));
    this.#said += bytes.length;
    return this.#decoder.decode(bytes, { stream });
  }
}
