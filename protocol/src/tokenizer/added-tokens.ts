import { untokenizable } from './errors.ts';
import { unsupported, JsonReader } from './json-reader.ts';
import { MAX_VOCABULARY, type TokenModel } from './model.ts';
import type { Normalizer } from './normalize.ts';
import type { Piece } from './pre-tokenize.ts';
import { after, before, setOf } from './unicode.ts';

const MOST_ADDED = 2 ** 16;

interface AddedToken {
  id: number;
  content: string;
  /** What is looked for: the content, normalized where the token says so. */
  sought: string;
  isSingleWord: boolean;
  takesLeft: boolean;
  takesRight: boolean;
  isNormalized: boolean;
  isSpecial: boolean;
}

/** A piece of text, or the token that stands in its place. */
type Part = { text: string; isFirst: boolean; id?: undefined } | { id: number };

/** Tokens beside the model's own, which are found in a text before anything else is done with it. */
export class AddedTokens {
  readonly #ids = new Map<string, number>();
  readonly #tokens = new Map<number, AddedToken>();
  readonly #special = new Set<string>();
  readonly #asGiven: Finder;
  readonly #normalized: Finder;
  readonly #normalizer: Normalizer | undefined;

  constructor(list: readonly unknown[], model: TokenModel, normalizer: Normalizer | undefined) {
    this.#normalizer = normalizer;
    let next = model.size;
    for (const given of list) {
      const token = readAdded(given, normalizer);
      // As `tokenizers` numbers them: one that the model has keeps its number, others follow.
      const id = this.#ids.get(token.content) ?? model.idOf(token.content) ?? next;
      if (id !== token.id)
        throw unsupported(
          `the number of the added token ${JSON.stringify(token.content).slice(0, 40)}`,
          `${id}`,
          token.id,
        );
      if (id === next) next++;
      this.#ids.set(token.content, id);
      this.#tokens.set(id, token);
      if (token.isSpecial) this.#special.add(token.content);
    }
    const all = [...this.#tokens.values()];
    this.#asGiven = new Finder(all.filter(({ isNormalized }) => !isNormalized));
    this.#normalized = new Finder(all.filter(({ isNormalized }) => isNormalized));
  }

  static read(list: unknown, model: TokenModel, normalizer: Normalizer | undefined): AddedTokens {
    if (list === undefined || list === null) return new AddedTokens([], model, normalizer);
    if (!Array.isArray(list) || list.length > MOST_ADDED)
      throw unsupported('`added_tokens`', `a list of at most ${MOST_ADDED}`, Array.isArray(list) ? list.length : list);
    return new AddedTokens(list, model, normalizer);
  }

  get size(): number {
    return this.#tokens.size;
  }

  get ids(): Iterable<number> {
    return this.#tokens.keys();
  }

  idOf(content: string): number | undefined {
    return this.#ids.get(content);
  }

  /** What a decoder gets of an added token: what was looked for. */
  tokenOf(id: number): string | undefined {
    return this.#tokens.get(id)?.sought;
  }

  isSpecial(token: string): boolean {
    return this.#special.has(token);
  }

  /** Looks for tokens as they are given, normalizes what is between them, and looks for the others there. */
  extract(text: string): Part[] {
    return this.#asGiven.split(text, true).flatMap((part) => {
      if (part.id !== undefined || part.text === '') return part.id === undefined ? [] : [part];
      const normalized = this.#normalizer ? this.#normalizer.apply(part.text) : part.text;
      return this.#normalized.split(normalized, part.isFirst).filter((one) => one.id !== undefined || one.text !== '');
    });
  }
}

function readAdded(given: unknown, normalizer: Normalizer | undefined): AddedToken {
  const token = new JsonReader(given, 'added_tokens');
  const content = token.text('content');
  const isNormalized = token.flag('normalized');
  if (content === '') throw unsupported('an added token', 'a text', '');
  const sought = isNormalized && normalizer ? normalizer.apply(content) : content;
  // It would be everywhere.
  if (sought === '') throw unsupported('an added token', 'a text that a normalizer leaves something of', content);
  return {
    id: token.integer('id', { most: MAX_VOCABULARY - 1 }),
    ...{ content, sought, isNormalized },
    isSingleWord: token.flag('single_word'),
    takesLeft: token.flag('lstrip'),
    takesRight: token.flag('rstrip'),
    isSpecial: token.flag('special'),
  };
}

interface Node {
  children: Map<number, Node>;
  token?: AddedToken;
}

/** Finds the leftmost of some tokens, and of those that begin there the longest. */
class Finder {
  readonly #root: Node = { children: new Map() };
  readonly #isEmpty: boolean;

  constructor(tokens: readonly AddedToken[]) {
    this.#isEmpty = tokens.length === 0;
    for (const token of tokens) {
      let node = this.#root;
      for (let i = 0; i < token.sought.length; i++) {
        const unit = token.sought.charCodeAt(i);
        const child: Node = node.children.get(unit) ?? { children: new Map() };
        node.children.set(unit, child);
        node = child;
      }
      if (node.token)
        throw unsupported('an added token', 'tokens that are told apart when they are normalized', token.content);
      node.token = token;
    }
  }

  split(text: string, isFirst: boolean): Part[] {
    if (this.#isEmpty || text === '') return [{ text, isFirst }];
    const parts: Part[] = [];
    let done = 0;
    const piece = (start: number, end: number): Piece => ({
      text: text.slice(start, end),
      isFirst: isFirst && start === 0,
    });
    for (let at = 0; at < text.length;) {
      const token = this.#at(text, at);
      if (!token) {
        at = after(text, at);
        continue;
      }
      let start = at;
      let end = at + token.sought.length;
      at = end;
      if (token.isSingleWord && (isWordBefore(text, start) || isWordAt(text, end))) continue;
      if (token.takesLeft) {
        while (start > 0 && setOf('white').has(text.codePointAt(before(text, start))!)) start = before(text, start);
        start = Math.max(start, done);
      }
      if (token.takesRight)
        while (end < text.length && setOf('white').has(text.codePointAt(end)!)) end = after(text, end);
      if (start > end) throw untokenizable('blanks of two added tokens overlap', { got: token.content });
      if (done < start) parts.push(piece(done, start));
      // Where another one took all of it, it is not there.
      if (start < end) parts.push({ id: token.id });
      done = end;
    }
    if (done !== text.length) parts.push(piece(done, text.length));
    return parts;
  }

  #at(text: string, start: number): AddedToken | undefined {
    let node: Node | undefined = this.#root;
    let longest: AddedToken | undefined;
    for (let at = start; at < text.length; at++) {
      node = node.children.get(text.charCodeAt(at));
      if (!node) break;
      longest = node.token ?? longest;
    }
    return longest;
  }
}

const isWordAt = (text: string, at: number) => at < text.length && setOf('rustWord').has(text.codePointAt(at)!);
const isWordBefore = (text: string, at: number) => at > 0 && setOf('rustWord').has(text.codePointAt(before(text, at))!);
