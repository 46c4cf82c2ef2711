import type { Pointer } from '../exports.ts';
import type { CoreInstance } from '../instantiate.ts';
import type { Rows } from '../rows.ts';
import { compose } from './compose.ts';

/** Rows that are means of others: `fill` writes their weights f64[made][rows], given u32[rows][rows] of workspace. */
export function mixRows(
  core: CoreInstance,
  rows: Rows,
  updates: number,
  made: number,
  fill: (weights: Pointer, workspace: Pointer) => void,
): Rows {
  const { arena, exports } = core;
  const { count, gram, distances } = rows;
  const weights = arena.allocate(made * count * 8);
  const workspace = arena.allocate(Math.max(count * count * 4, exports.mixWorkspace(made, count)));
  fill(weights, workspace);
  const mixed: Rows = {
    count: made,
    weights: compose(core, weights, made, rows, updates),
    gram: arena.allocate(made * made * 8),
    distances: arena.allocate(made * made * 8),
  };
  exports.mixGeometry(weights, made, gram, distances, count, mixed.gram, mixed.distances, workspace);
  return mixed;
}
