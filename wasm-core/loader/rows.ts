import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';

/** What a method must know of the rows, each including what stands before it: squared norms, or all inner products too. */
const needs = ['nothing', 'norms', 'distances'] as const;
export type Need = (typeof needs)[number];

export function greatestNeed(all: readonly Need[]): Need {
  return needs[Math.max(0, ...all.map((need) => needs.indexOf(need)))]!;
}

/** Rows as linear combinations of the updates, with the inner products and squared distances that rules ask for. */
export interface Rows {
  count: number;
  /** f64[count][updates]; undefined while the rows are the updates themselves. */
  weights: Pointer | undefined;
  /** f64[count][count] each; where nothing needs them, only the squared norms or zeros. */
  gram: Pointer;
  distances: Pointer;
}

/** f64[length] of zeros. */
export function zeros({ arena }: CoreInstance, length: number): Pointer {
  const at = arena.allocate(length * 8);
  arena.f64(at, length).fill(0);
  return at;
}

/** Indices of what is not zero, ascending. */
export function nonZero(values: Float64Array): number[] {
  return Array.from(values.keys()).filter((i) => values[i] !== 0);
}

/** Rows of which each is one of these, as often as it comes; nothing is measured again: copies have a distance of 0. */
export function repeated(core: CoreInstance, rows: Rows, need: Need, of: readonly number[]): Rows {
  const { arena } = core;
  const [n, count] = [rows.count, of.length];
  if (n === count) return rows;
  const [gram, distances] = [zeros(core, count * count), zeros(core, count * count)];
  for (const [from, to] of [[rows.gram, gram] as const, [rows.distances, distances] as const]) {
    const [before, after] = [arena.f64(from, n * n), arena.f64(to, count * count)];
    for (let i = 0; i < count; i++) {
      // Where only norms are needed, only the diagonal is.
      const [first, end] = need === 'distances' ? [0, count] : [i, i + 1];
      for (let j = first; j < end; j++) after[i * count + j] = before[of[i]! * n + of[j]!]!;
    }
  }
  return { ...rows, count, gram, distances };
}
