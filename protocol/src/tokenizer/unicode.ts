import { categoryRuns, categorySigns, codePointSets, lowerRuns } from './unicode-data.ts';

const CODE_POINTS = 0x110000;

/** Code points as bits: a membership costs one look, whatever the set. */
export class CodePoints {
  readonly #bits = new Uint32Array(CODE_POINTS / 32);

  static of(...ranges: (readonly [first: number, last: number])[]): CodePoints {
    const set = new CodePoints();
    for (const [first, last] of ranges) set.add(first, last);
    return set;
  }

  has(codePoint: number): boolean {
    return ((this.#bits[codePoint >>> 5]! >>> (codePoint & 31)) & 1) === 1;
  }

  add(first: number, last = first): this {
    let at = first;
    for (; at <= last && (at & 31) !== 0; at++) this.#bits[at >>> 5]! |= 1 << (at & 31);
    for (; at + 31 <= last; at += 32) this.#bits[at >>> 5] = 0xffffffff;
    for (; at <= last; at++) this.#bits[at >>> 5]! |= 1 << (at & 31);
    return this;
  }

  /** The words of both, put together by `join`. */
  combined(other: CodePoints, join: (a: number, b: number) => number): CodePoints {
    const set = new CodePoints();
    this.#bits.forEach((word, i) => (set.#bits[i] = join(word, other.#bits[i]!)));
    return set;
  }

  union(other: CodePoints): CodePoints {
    return this.combined(other, (a, b) => a | b);
  }

  intersection(other: CodePoints): CodePoints {
    return this.combined(other, (a, b) => a & b);
  }

  complement(): CodePoints {
    return this.combined(this, (a) => ~a);
  }
}

export type SetName = keyof typeof codePointSets;

const sets = new Map<string, CodePoints>();

function held(name: string, make: () => CodePoints): CodePoints {
  const set = sets.get(name) ?? make();
  sets.set(name, set);
  return set;
}

/** A table by its name, read when first needed. */
export const setOf = (name: SetName): CodePoints =>
  held(name, () => {
    const set = new CodePoints();
    let at = 0;
    const lengths = codePointSets[name].split(' ').map((text) => Number.parseInt(text, 36));
    for (let i = 0; i + 1 < lengths.length; i += 2) {
      at += lengths[i]!;
      set.add(at, at + lengths[i + 1]! - 1);
      at += lengths[i + 1]!;
    }
    return set;
  });

/** Code points of a general category (`Lu`), or of all that begin with a letter (`L`); undefined for no category. */
export function categoryOf(name: string): CodePoints | undefined {
  if (!Object.values(categorySigns).some((one) => one === name || one[0] === name)) return undefined;
  return held(`category ${name}`, () => {
    const set = new CodePoints();
    let at = 0;
    for (const [, length, sign] of categoryRuns.matchAll(/([0-9a-z]+)([^0-9a-z])/g)) {
      const end = at + Number.parseInt(length!, 36);
      const category = categorySigns[sign!]!;
      if (category === name || category[0] === name) set.add(at, end - 1);
      at = end;
    }
    return set;
  });
}

let lower: ReadonlyMap<number, string> | undefined;

/** Small letters by one table, whatever the engine knows; a Sigma is one wherever it stands. */
export function lowercase(text: string): string {
  lower ??= lowerTable();
  let said = '';
  for (const character of text) said += lower.get(character.codePointAt(0)!) ?? character;
  return said;
}

function lowerTable(): Map<number, string> {
  const table = new Map([[0x130, 'i\u0307']]);
  for (const run of lowerRuns.split(',')) {
    const [first, length, step, by] = run.split(' ').map((text) => Number.parseInt(text, 36));
    for (let at = 0; at < length!; at += step!) table.set(first! + at, String.fromCodePoint(first! + at + by!));
  }
  return table;
}

const byCodePoint = (set: CodePoints) => (text: string, at: number) => set.has(text.codePointAt(at)!);

/** Blanks as Rust knows them. */
export const isWhite = (text: string, at: number): boolean => byCodePoint(setOf('white'))(text, at);

/** Index behind the code point at `at`. */
export const after = (text: string, at: number): number => at + (text.codePointAt(at)! > 0xffff ? 2 : 1);

/** Index of the code point that ends before `at`, which is above 0. */
export function before(text: string, at: number): number {
  const low = text.charCodeAt(at - 1);
  const isPair = low >= 0xdc00 && low < 0xe000 && at > 1 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800;
  return isPair ? at - 2 : at - 1;
}

/** Half of a pair alone is no character: no UTF-8 holds it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Only the code points that a test keeps. */
export function filterText(text: string, keep: (codePoint: number) => boolean): string {
  let said = '';
  for (const character of text) if (keep(character.codePointAt(0)!)) said += character;
  return said;
}
