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
