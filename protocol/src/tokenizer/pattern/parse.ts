import { CodePoints, setOf } from '../unicode.ts';
import { escapedCharacter, escapedSet, readClass } from './class.ts';
import { widthOf, type PatternNode, type Place } from './node.ts';
import { Source } from './source.ts';

/** UTF-16 units of a pattern; how often something may be repeated by number; groups in groups; distinct sets. */
const MOST_UNITS = 4096;
const MOST_TIMES = 1000;
const MOST_DEPTH = 32;
const MOST_SETS = 128;
/** Code points that a look may take. */
const MOST_LOOK = 64;

const places: Readonly<Record<string, Place>> = {
  ...{ A: 'start', z: 'end', Z: 'last-line-end', b: 'word-edge', B: 'no-word-edge' },
};

/**
 * Reads a pattern in the syntax that Hugging Face's tokenizers use (Oniguruma's, as Ruby knows it). What would need another
 * engine, or would be matched otherwise here, throws PROTOCOL_UNSUPPORTED_TOKENIZER.
 */
export function parsePattern(text: string): PatternNode {
  const source = new Source(text);
  if (text.length > MOST_UNITS) throw source.unsupported(`a pattern of ${text.length} characters`);
  const isFolded = source.accept('(?i)');
  const reader = new PatternReader(source);
  const node = reader.choice(isFolded, 0);
  if (!source.isEnd) throw source.unsupported('a closing bracket');
  return node;
}

class PatternReader {
  readonly #source: Source;
  readonly #sets = new Map<string, CodePoints>();

  constructor(source: Source) {
    this.#source = source;
  }

  choice(isFolded: boolean, depth: number): PatternNode {
    if (depth > MOST_DEPTH) throw this.#source.unsupported('groups in groups');
    const nodes = [this.#sequence(isFolded, depth)];
    while (this.#source.accept('|')) nodes.push(this.#sequence(isFolded, depth));
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes };
  }

  #sequence(isFolded: boolean, depth: number): PatternNode {
    const nodes: PatternNode[] = [];
    const start = this.#source.at;
    while (!this.#source.isEnd && this.#source.peek() !== '|' && this.#source.peek() !== ')') {
      nodes.push(this.#repeated(this.#atom(isFolded, depth)));
    }
    const read = this.#source.text.slice(start, this.#source.at);
    // One character of some alphabets folds to two of these.
    if (isFolded && /s[st]|f[filst]/i.test(read))
      throw this.#source.unsupported('letters without case that are ligatures too');
    return nodes.length === 1 ? nodes[0]! : { kind: 'sequence', nodes };
  }

  #atom(isFolded: boolean, depth: number): PatternNode {
    const source = this.#source;
    if (source.accept('(')) return this.#group(isFolded, depth);
    if (source.accept('.')) return this.#set('.', () => CodePoints.of([10, 10]).complement());
    if (source.accept('^')) return { kind: 'place', place: 'line-start' };
    if (source.accept('$')) return { kind: 'place', place: 'line-end' };
    if (/[*+?]/.test(source.peek())) throw source.unsupported('a repetition of nothing');
    const start = source.at;
    if (source.accept('[')) {
      const set = readClass(source);
      const key = source.text.slice(start, source.at);
      return this.#set(isFolded ? `(?i)${key}` : key, () => (isFolded ? this.#foldedClass(key, set) : set));
    }
    if (source.accept('\\')) {
      const place = Object.hasOwn(places, source.peek()) ? places[source.peek()] : undefined;
      if (place) {
        source.skip(1);
        return { kind: 'place', place };
      }
      // Without case a property takes in what folds to it.
      if (isFolded && !/[sd]/.test(source.peek()) && /[spdwh]/i.test(source.peek()))
        throw source.unsupported('a property without case');
      const set = escapedSet(source);
      if (set) return this.#set(source.text.slice(start, source.at), () => set);
      return this.#character(escapedCharacter(source), isFolded);
    }
    return this.#character(source.next().codePointAt(0)!, isFolded);
  }

  #group(isFolded: boolean, depth: number): PatternNode {
    const source = this.#source;
    const inside = (folded = isFolded) => {
      const node = this.choice(folded, depth + 1);
      if (!source.accept(')')) throw source.unsupported('a group that does not end');
      return node;
    };
    if (!source.accept('?')) return inside();
    if (source.accept(':')) return inside();
    if (source.accept('i:')) return inside(true);
    if (source.accept('-i:')) return inside(false);
    if (source.accept('>')) return { kind: 'atomic', node: inside() };
    for (const [sign, isBehind, isNegative] of looks) {
      if (!source.accept(sign)) continue;
      const node = inside();
      const [least, most] = widthOf(node);
      if (most > MOST_LOOK) throw source.unsupported('a long look around');
      if (isBehind && (least !== 1 || most !== 1))
        throw source.unsupported('a look behind at other than one character');
      return { kind: 'look', node, isBehind, isNegative };
    }
    throw source.unsupported(`(?${source.peek()}`);
  }

  #repeated(node: PatternNode): PatternNode {
    const source = this.#source;
    const simple = ({ '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] } as const)[source.peek()];
    if (simple) {
      source.skip(1);
      const mode = source.accept('?') ? 'lazy' : source.accept('+') ? 'possessive' : 'greedy';
      return this.#repeat(node, simple[0], simple[1], mode);
    }
    const [whole, first, comma, last] =
      /^\{(\d{0,9})(,?)(\d{0,9})\}/.exec(source.text.slice(source.at, source.at + 24)) ?? [];
    if (whole === undefined || (first === '' && last === '')) {
      if (source.peek() === '{') throw source.unsupported('a bracket that is no repetition');
      return node;
    }
    source.skip(whole.length);
    const least = Number(first);
    const most = comma === '' ? least : last === '' ? Infinity : Number(last);
    if (most < least || least > MOST_TIMES || (most !== Infinity && most > MOST_TIMES))
      throw source.unsupported(`the repetition ${whole}`);
    if (source.peek() === '?' && comma === '') throw source.unsupported('a lazy repetition of one number');
    const times = this.#repeat(node, least, most, source.accept('?') ? 'lazy' : 'greedy', true);
    // Behind numbers a plus repeats what they repeat.
    return source.accept('+') ? this.#repeat(times, 1, Infinity, 'greedy') : times;
  }

  #repeat(
    node: PatternNode,
    least: number,
    most: number,
    mode: 'greedy' | 'lazy' | 'possessive',
    mayPlus = false,
  ): PatternNode {
    if (node.kind === 'look' || node.kind === 'place') throw this.#source.unsupported('a repetition of a place');
    if (most === Infinity && widthOf(node)[0] === 0)
      throw this.#source.unsupported('a repetition of what may be empty');
    const next = this.#source.peek();
    if (/[*?{]/.test(next) || (next === '+' && !mayPlus))
      throw this.#source.unsupported('a repetition of a repetition');
    return { kind: 'repeat', node, least, most, mode };
  }

  #set(key: string, make: () => CodePoints): PatternNode {
    const set = this.#sets.get(key) ?? make();
    this.#sets.set(key, set);
    if (this.#sets.size > MOST_SETS) throw this.#source.unsupported('so many sets');
    return { kind: 'set', set };
  }

  #character(codePoint: number, isFolded: boolean): PatternNode {
    if (!isFolded || !/\p{L}/u.test(String.fromCodePoint(codePoint))) return { kind: 'character', codePoint };
    return this.#set(`(?i)${codePoint}`, () => this.#folded(codePoint));
  }

  #folded(codePoint: number): CodePoints {
    const small = codePoint | 32;
    if (small < 0x61 || small > 0x7a) throw this.#source.unsupported('other letters than those of ASCII without case');
    const set = CodePoints.of([small, small], [small - 32, small - 32]);
    if (small === 0x73) set.add(0x17f);
    if (small === 0x6b) set.add(0x212a);
    return set;
  }

  #foldedClass(key: string, set: CodePoints): CodePoints {
    if (!/^\[[A-Za-z0-9-]+\]$/.test(key)) throw this.#source.unsupported('a class without case');
    let folded = set;
    for (let small = 0x61; small <= 0x7a; small++)
      if (set.has(small) || set.has(small - 32)) folded = folded.union(this.#folded(small));
    return folded;
  }
}

const looks = [
  ['=', false, false],
  ['!', false, true],
  ['<=', true, false],
  ['<!', true, true],
] as const;

/** What `\b` tells apart. */
export const wordSet = (): CodePoints => setOf('word');
