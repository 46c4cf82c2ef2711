import { unsupported, type JsonReader } from './json-reader.ts';
import { isWellFormed } from './unicode.ts';

/** What turns a piece of text into tokens. */
export interface TokenModel {
  /** As many tokens as it has, for the numbers of added ones. */
  size: number;
  /** The largest number; −1 where it has none. */
  most: number;
  /** Numbers of a piece, pushed. Throws PROTOCOL_UNTOKENIZABLE where there are none. */
  encode(piece: string, into: number[]): void;
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
}

/** Most tokens of a vocabulary; the largest in use have 262,144 and some added ones. */
export const MAX_VOCABULARY = 2 ** 20;

/** Numbers by token, and back. */
export class Vocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly most: number;
  readonly #tokens: (string | undefined)[];

  constructor(ids: ReadonlyMap<string, number>) {
    this.ids = ids;
    let most = -1;
    for (const id of ids.values()) most = Math.max(most, id);
    this.most = most;
    this.#tokens = Array.from({ length: most + 1 });
    for (const [token, id] of ids) this.#tokens[id] = token;
  }

  tokenOf(id: number): string | undefined {
    return this.#tokens[id];
  }
}

/** `vocab` of BPE, WordPiece and WordLevel: numbers by token. */
export function readVocabulary(model: JsonReader): Vocabulary {
  const entries = model.object('vocab').entries();
  if (entries.length > MAX_VOCABULARY) throw model.refused('vocab', `at most ${MAX_VOCABULARY} tokens`, entries.length);
  const ids = new Map<string, number>();
  const seen = new Set<number>();
  for (const [token, id] of entries) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= MAX_VOCABULARY || seen.has(id))
      throw unsupported(
        `the number of ${JSON.stringify(token).slice(0, 40)}`,
        `one of its own below ${MAX_VOCABULARY}`,
        id,
      );
    if (!isWellFormed(token)) throw unsupported('a token', 'a text', token);
    seen.add(id);
    ids.set(token, id);
  }
  return new Vocabulary(ids);
}

/** Names of the tokens that stand for a byte each. */
const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

const encoder = new TextEncoder();

/** Numbers of a text's bytes, where each has a token. */
export function byteIds(text: string, idOf: (token: string) => number | undefined): number[] | undefined {
  const ids: number[] = [];
  for (const byte of encoder.encode(text)) {
    const id = idOf(byteToken(byte));
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}
