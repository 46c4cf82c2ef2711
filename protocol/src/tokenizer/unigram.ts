import { untokenizable } from './errors.ts';
import { unsupported, type JsonReader } from './json-reader.ts';
import { MAX_VOCABULARY, byteIds, type TokenModel } from './model.ts';
import { after, isWellFormed } from './unicode.ts';

/** What an unknown character costs below the least likely token. */
const PENALTY = 10;
/** Looks for each unit of a vocabulary; it takes one or two unless somebody chose tokens that collide. */
const MOST_STEPS = 16;

/** The likeliest way to part a text into tokens, by the sum of their logarithms. */
export function readUnigram(model: JsonReader): TokenModel {
  const tokens: string[] = [];
  const scores: number[] = [];
  for (const given of model.list('vocab', MAX_VOCABULARY)) {
    const [token, score] = Array.isArray(given) && given.length === 2 ? (given as unknown[]) : [];
    if (typeof token !== 'string' || !isWellFormed(token) || typeof score !== 'number' || !Number.isFinite(score))
      throw unsupported('an entry of the vocabulary', 'a token and its score', given);
    tokens.push(token);
    scores.push(score);
  }
  const most = tokens.length - 1;
  const unknown = model.has('unk_id') ? model.integer('unk_id', { most }) : undefined;
  return new Unigram(tokens, scores, unknown, model.flag('byte_fallback', false));
}

class Unigram implements TokenModel {
  readonly size: number;
  readonly most: number;
  readonly #tokens: readonly string[];
  readonly #scores: readonly number[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #prefixes: PrefixTree;
  readonly #unknown: number | undefined;
  readonly #unknownScore: number;
  readonly #hasBytes: boolean;

  constructor(tokens: readonly string[], scores: readonly number[], unknown: number | undefined, hasBytes: boolean) {
    this.size = tokens.length;
    this.most = tokens.length - 1;
    this.#tokens = tokens;
    this.#scores = scores;
    // The last of equal ones.
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
    this.#prefixes = new PrefixTree(this.#ids);
    this.#unknown = unknown;
    this.#unknownScore = scores.reduce((least, score) => Math.min(least, score), Infinity) - PENALTY;
    this.#hasBytes = hasBytes;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#tokens[id];
  }

  encode(piece: string, into: number[]): void {
    for (const part of this.#parts(piece)) {
      const id = this.idOf(part);
      const bytes = id === undefined && this.#hasBytes ? byteIds(part, (one) => this.idOf(one)) : undefined;
      if (bytes) for (const byte of bytes) into.push(byte);
      else into.push(id ?? this.#requireUnknown());
    }
  }

  #requireUnknown(): number {
    if (this.#unknown !== undefined) return this.#unknown;
    throw untokenizable('a character has no token, and the tokenizer has none for what is unknown');
  }

  /** The best way, found from its end; what is unknown in a row is one part. */
  #parts(piece: string): string[] {
    const size = piece.length;
    const scores = new Float64Array(size + 1);
    const starts = new Int32Array(size + 1).fill(-1);
    const ids = new Int32Array(size + 1);
    const offer = (start: number, end: number, score: number, id: number) => {
      if (starts[end]! >= 0 && !(score > scores[end]!)) return;
      scores[end] = score;
      starts[end] = start;
      ids[end] = id;
    };
    for (let start = 0; start < size; start = after(piece, start)) {
      const first = after(piece, start);
      let hasOne = false;
      this.#prefixes.each(piece, start, (end, id) => {
        offer(start, end, this.#scores[id]! + scores[start]!, id);
        hasOne ||= end === first;
      });
      if (!hasOne) offer(start, first, this.#unknownScore + scores[start]!, this.#requireUnknown());
    }
    const parts: string[] = [];
    let unknownEnd = -1;
    for (let end = size; end > 0; end = starts[end]!) {
      const start = starts[end]!;
      if (ids[end] === this.#unknown) {
        if (unknownEnd < 0) unknownEnd = end;
        continue;
      }
      if (unknownEnd >= 0) parts.push(piece.slice(end, unknownEnd));
      unknownEnd = -1;
      parts.push(piece.slice(start, end));
    }
    if (unknownEnd >= 0) parts.push(piece.slice(0, unknownEnd));
    return parts.reverse();
  }
}

/** Tokens by their UTF-16 units: nodes and units in a table of open addresses, as a map for each node would be too large. */
class PrefixTree {
  readonly #keys: Float64Array;
  readonly #children: Int32Array;
  readonly #mask: number;
  /** The token that ends at a node; −1 for none. */
  readonly #ends: number[] = [-1];
  #steps = 0;

  constructor(ids: ReadonlyMap<string, number>) {
    let units = 0;
    for (const token of ids.keys()) units += token.length;
    let size = 16;
    while (size < 2 * units) size *= 2;
    this.#mask = size - 1;
    this.#keys = new Float64Array(size).fill(-1);
    this.#children = new Int32Array(size);
    for (const [token, id] of ids) {
      let node = 0;
      for (let i = 0; i < token.length; i++) {
        const slot = this.#slot(node, token.charCodeAt(i));
        if (this.#steps > MOST_STEPS * (units + 64))
          throw unsupported('this vocabulary', 'one that was not made to be slow', 'one that was');
        if (this.#keys[slot] === -1) {
          this.#keys[slot] = node * 0x10000 + token.charCodeAt(i);
          this.#children[slot] = this.#ends.push(-1) - 1;
        }
        node = this.#children[slot]!;
      }
      if (token.length > 0) this.#ends[node] = id;
    }
  }

  /** Where a child is, or would be. */
  #slot(node: number, unit: number): number {
    const key = node * 0x10000 + unit;
    let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) & this.#mask;
    while (this.#keys[slot] !== -1 && this.#keys[slot] !== key) {
      slot = (slot + 1) & this.#mask;
      this.#steps++;
    }
    return slot;
  }

  /** Every token that begins here, the shortest first. */
  each(text: string, start: number, take: (end: number, id: number) => void): void {
    let node = 0;
    for (let at = start; at < text.length; at++) {
      const slot = this.#slot(node, text.charCodeAt(at));
      if (this.#keys[slot] === -1) return;
      node = this.#children[slot]!;
      if (this.#ends[node]! >= 0) take(at + 1, this.#ends[node]!);
    }
  }
}
