import { untokenizable } from '../errors.ts';
import { after, before } from '../unicode.ts';
import type { Place } from './node.ts';
import { parsePattern, wordSet } from './parse.ts';
import { compilePattern, type Step } from './program.ts';

/** Steps for each character of a text, and for any text: a pattern that goes back and forth more often is refused with it. */
const STEPS_OF_CHARACTER = 512;
const STEPS_OF_TEXT = 2 ** 22;
/** Numbers that may be kept to go back by. */
const MOST_KEPT = 2 ** 24;

export type Span = readonly [start: number, end: number];

/** A pattern and its matches, leftmost first, the first choice before others, as a backtracking engine finds them. */
export class Pattern {
  readonly #steps: readonly Step[];
  #text = '';
  #left = 0;

  constructor(text: string) {
    this.#steps = compilePattern(parsePattern(text));
  }

  /** Matches that do not overlap; an empty one is none right behind another. Throws PROTOCOL_UNTOKENIZABLE where it takes too long. */
  matches(text: string): Span[] {
    this.#text = text;
    this.#left = STEPS_OF_TEXT + STEPS_OF_CHARACTER * text.length;
    const found: Span[] = [];
    let from = 0;
    let last = -1;
    while (from <= text.length) {
      const span = this.#first(from);
      if (!span) break;
      if (span[0] === span[1] && span[1] === last) {
        from = from < text.length ? after(text, from) : from + 1;
        continue;
      }
      found.push(span);
      [from, last] = [span[1], span[1]];
    }
    this.#text = '';
    return found;
  }

  #first(from: number): Span | undefined {
    const text = this.#text;
    for (let start = from; ; start = after(text, start)) {
      const end = this.#run(0, start);
      if (end >= 0) return [start, end];
      if (start >= text.length) return undefined;
    }
  }

  /** Where a match that begins here ends; −1 where there is none. */
  #run(step: number, start: number): number {
    const text = this.#text;
    const steps = this.#steps;
    // Where to go on when something fails: step, place, and the least place of a run that may give back.
    const stack: number[] = [];
    let at = start;
    let now = step;
    for (;;) {
      if (--this.#left < 0 || stack.length > MOST_KEPT) throw tooLong();
      const one = steps[now]!;
      let isGood = true;
      switch (one.do) {
        case 'end':
          return at;
        case 'character':
        case 'set': {
          const codePoint = at < text.length ? text.codePointAt(at)! : -1;
          isGood = codePoint >= 0 && (one.do === 'set' ? one.set.has(codePoint) : one.codePoint === codePoint);
          at += codePoint > 0xffff ? 2 : 1;
          now++;
          break;
        }
        case 'run': {
          let count = 0;
          let least = one.least === 0 ? at : -1;
          while (count < one.most && at < text.length) {
            const codePoint = text.codePointAt(at)!;
            if (!one.set.has(codePoint)) break;
            at += codePoint > 0xffff ? 2 : 1;
            if (++count === one.least) least = at;
          }
          this.#left -= count;
          isGood = count >= one.least;
          now++;
          if (isGood && !one.keeps && at > least) stack.push(now, at, least);
          break;
        }
        case 'try':
          stack.push(one.second, at, -1);
          now = one.first;
          break;
        case 'go':
          now = one.to;
          break;
        case 'place':
          isGood = isPlace(one.place, text, at);
          now++;
          break;
        case 'atomic':
          at = this.#run(now + 1, at);
          isGood = at >= 0;
          now = one.to;
          break;
        case 'look': {
          const from = !one.isBehind ? at : at === 0 ? -1 : before(text, at);
          isGood = (from >= 0 && this.#run(now + 1, from) >= 0) !== one.isNegative;
          now = one.to;
        }
      }
      if (isGood) continue;
      if (stack.length === 0) return -1;
      const least = stack.pop()!;
      at = stack.pop()!;
      now = stack.pop()!;
      if (least < 0) continue;
      at = before(text, at);
      if (at > least) stack.push(now, at, least);
    }
  }
}

function isPlace(place: Place, text: string, at: number): boolean {
  const isLine = (index: number) => text.charCodeAt(index) === 10;
  switch (place) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'line-start':
      return at === 0 || (at < text.length && isLine(at - 1));
    case 'line-end':
      return at === text.length || isLine(at);
    case 'last-line-end':
      return at === text.length || (at === text.length - 1 && isLine(at));
    case 'word-edge':
    case 'no-word-edge': {
      const words = wordSet();
      const isWord = (index: number) => words.has(text.codePointAt(index)!);
      const isEdge = (at > 0 && isWord(before(text, at))) !== (at < text.length && isWord(at));
      return isEdge === (place === 'word-edge');
    }
  }
}

const tooLong = () =>
  untokenizable('a pattern of the tokenizer goes back and forth over this text too often', {
    expected: `at most ${STEPS_OF_CHARACTER} steps a character`,
    hint: 'Give shorter texts, or use a tokenizer with a simpler pattern.',
  });
