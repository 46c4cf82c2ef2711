import { untokenizable } from './errors.ts';
import { unsupported, type JsonReader } from './json-reader.ts';
import { MAX_VOCABULARY, byteIds, readVocabulary, type TokenModel, type Vocabulary } from './model.ts';
import { isWellFormed } from './unicode.ts';

const MOST_MERGES = 2 ** 21;
/** Pieces whose tokens are remembered, and their length. */
const REMEMBERED = 2 ** 14;
const REMEMBERED_UNITS = 64;

interface Options {
  unknown: string | undefined;
  fusesUnknown: boolean;
  hasBytes: boolean;
  ignoresMerges: boolean;
  prefix: string;
  suffix: string;
}

/** Byte pair encoding: the earliest learnt of all pairs is merged first, the leftmost of equal ones. */
export function readBytePair(model: JsonReader): TokenModel {
  const dropout = model.value('dropout');
  if (dropout !== undefined && dropout !== 0) throw model.refused('dropout', 'none: nothing is drawn here', dropout);
  const vocabulary = readVocabulary(model);
  const options: Options = {
    unknown: model.optionalText('unk_token'),
    fusesUnknown: model.flag('fuse_unk', false),
    hasBytes: model.flag('byte_fallback', false),
    ignoresMerges: model.flag('ignore_merges', false),
    prefix: model.text('continuing_subword_prefix', ''),
    suffix: model.text('end_of_word_suffix', ''),
  };
  return new BytePair(vocabulary, options, readMerges(model, vocabulary, options.prefix));
}

interface Merges {
  /** The rank of a pair, by left × MAX_VOCABULARY + right. */
  ranks: ReadonlyMap<number, number>;
  /** What a pair becomes, by rank. */
  made: readonly number[];
}

function readMerges(model: JsonReader, { ids }: Vocabulary, prefix: string): Merges {
  const ranks = new Map<number, number>();
  const made: number[] = [];
  const merges = model.list('merges', MOST_MERGES);
  // Of the older form some are comments.
  const isOld = typeof merges[0] === 'string';
  for (const given of merges) {
    if (isOld && typeof given === 'string' && given.startsWith('#version')) continue;
    const pair = isOld && typeof given === 'string' ? given.split(' ') : given;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((one) => typeof one !== 'string' || !isWellFormed(one)))
      throw unsupported('a merge', 'two texts', given);
    const [left, right] = pair as [string, string];
    if (!right.startsWith(prefix)) throw unsupported('a merge', `what begins with ${prefix} on the right`, given);
    const known = [left, right, left + right.slice(prefix.length)].map((token) => ids.get(token));
    const [a, b, both] = known;
    if (a === undefined || b === undefined || both === undefined)
      throw unsupported('a merge', 'tokens of the vocabulary, and one for both together', given);
    ranks.set(a * MAX_VOCABULARY + b, made.length);
    made.push(both);
  }
  return { ranks, made };
}

class BytePair implements TokenModel {
  readonly size: number;
  readonly most: number;
  readonly #vocabulary: Vocabulary;
  readonly #options: Options;
  readonly #merges: Merges;
  readonly #remembered = new Map<string, readonly number[]>();

  constructor(vocabulary: Vocabulary, options: Options, merges: Merges) {
    this.size = vocabulary.ids.size;
    this.most = vocabulary.most;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#merges = merges;
  }

  idOf(token: string): number | undefined {
    return this.#vocabulary.ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#vocabulary.tokenOf(id);
  }

  encode(piece: string, into: number[]): void {
    const whole = this.#options.ignoresMerges ? this.idOf(piece) : undefined;
    if (whole !== undefined) {
      into.push(whole);
      return;
    }
    const held = this.#remembered.get(piece);
    const ids = held ?? mergeAll(this.#symbols(piece), this.#merges);
    if (!held && piece.length <= REMEMBERED_UNITS && this.#remembered.size < REMEMBERED)
      this.#remembered.set(piece, ids);
    for (const id of ids) into.push(id);
  }

  /** Tokens of single characters; those that are none become bytes, or the unknown token, or nothing. */
  #symbols(piece: string): number[] {
    const { prefix, suffix, hasBytes, fusesUnknown } = this.#options;
    const symbols: number[] = [];
    let unknown: number | undefined;
    let at = 0;
    for (const character of piece) {
      const isFirst = at === 0;
      at += character.length;
      const token = `${isFirst ? '' : prefix}${character}${at === piece.length ? suffix : ''}`;
      const id = this.idOf(token);
      if (id !== undefined) {
        if (unknown !== undefined) symbols.push(unknown);
        unknown = undefined;
        symbols.push(id);
        continue;
      }
      const bytes = hasBytes ? byteIds(token, (one) => this.idOf(one)) : undefined;
      if (bytes) {
        // An unknown one before it waits, as in `tokenizers`.
        symbols.push(...bytes);
        continue;
      }
      if (this.#options.unknown === undefined) continue;
      if (unknown !== undefined && !fusesUnknown) symbols.push(unknown);
      if (unknown === undefined || !fusesUnknown) unknown = this.#unknownId(this.#options.unknown);
    }
    if (unknown !== undefined) symbols.push(unknown);
    return symbols;
  }

  #unknownId(token: string): number {
    const id = this.idOf(token);
    if (id !== undefined) return id;
    throw untokenizable('a character has no token, and neither has what is unknown', { got: token });
  }
}

/** Ranks and places as one number each: a heap of them gives the earliest merge, and the leftmost of it. */
const PLACES = 2 ** 27;

function mergeAll(symbols: number[], { ranks, made }: Merges): readonly number[] {
  const count = symbols.length;
  if (count < 2) return symbols;
  const next = Int32Array.from({ length: count }, (_, i) => i + 1);
  const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
  const heap = new Heap();
  const offer = (at: number, right: number) => {
    const rank = ranks.get(symbols[at]! * MAX_VOCABULARY + symbols[right]!);
    if (rank !== undefined) heap.push(rank * PLACES + at);
  };
  for (let i = 0; i + 1 < count; i++) offer(i, i + 1);
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const at = top % PLACES;
    const rank = Math.floor(top / PLACES);
    const right = next[at]!;
    if (symbols[at]! < 0 || right >= count) continue;
    const now = ranks.get(symbols[at]! * MAX_VOCABULARY + symbols[right]!);
    // What stood here when it was offered may have been merged since.
    if (now === undefined || made[now] !== made[rank]) continue;
    symbols[at] = made[rank]!;
    symbols[right] = -1;
    next[at] = next[right]!;
    if (next[right]! < count) previous[next[right]!] = at;
    if (previous[at]! >= 0) offer(previous[at]!, at);
    if (next[at]! < count) offer(at, next[at]!);
  }
  return symbols.filter((id) => id >= 0);
}

/** The smallest first. */
class Heap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
