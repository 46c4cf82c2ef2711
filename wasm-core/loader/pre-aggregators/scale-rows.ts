import type { Pointer } from '../exports.ts';
import type { CoreInstance } from '../instantiate.ts';
import type { Rows } from '../rows.ts';
import { compose } from './compose.ts';

/** Each row times its factor; factors f64[rows]. */
export function scaleRows(core: CoreInstance, rows: Rows, updates: number, factors: Pointer): Rows {
  const { arena, exports } = core;
  const { count, gram, distances } = rows;
  exports.scaleGeometry(gram, distances, count, factors);
  const diagonal = arena.allocate(count * count * 8);
  const matrix = arena.f64(diagonal, count * count).fill(0);
  arena.f64(factors, count).forEach((factor, i) => (matrix[i * count + i] = factor));
  return { ...rows, weights: compose(core, diagonal, count, rows, updates) };
}
