import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import type { Part } from './parts.ts';
import type { Call } from './threads.ts';

/** What is done with each column by itself: a kernel over the values of the rows `of`. */
export interface PerCoordinate {
  /** Rows that take part. */
  of: number[];
  /** Of each column's sorted values [low, high) the `keep` nearest to their median are averaged. */
  window: { low: number; high: number; keep: number };
  workspaceBytes: number;
  call(rows: Pointer, part: Part, out: Pointer, workspace: Pointer): Call;
}

/** The mean of each column's sorted values at low … high − 1. */
export function orderStatistic({ exports }: CoreInstance, count: number, low: number, high: number): PerCoordinate {
  return {
    of: Array.from({ length: count }, (_, row) => row),
    window: { low, high, keep: high - low },
    workspaceBytes: exports.orderStatisticWorkspace(count),
    call: (rows, { from, to }, out, workspace) => {
      return ['orderStatisticSimd', rows, count, from, to, low, high, out, workspace];
    },
  };
}

/** The mean of each column's `keep` values nearest to its median, among the rows `of`. */
export function nearestMean({ exports }: CoreInstance, of: number[], keep: number): PerCoordinate {
  const count = of.length;
  return {
    of,
    window: { low: 0, high: count, keep },
    workspaceBytes: exports.nearestMeanWorkspace(count),
    call: (rows, { from, to }, out, workspace) => {
      return ['nearestMeanSimd', rows, count, from, to, keep, out, workspace];
    },
  };
}
