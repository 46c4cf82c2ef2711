import type { Pointer } from '../exports.ts';
import type { CoreInstance } from '../instantiate.ts';
import type { Rows } from '../rows.ts';

/** W of the rows made from `rows` by `step` (f64[made][rows]), in terms of the updates. */
export function compose(
  { arena, exports }: CoreInstance,
  step: Pointer,
  made: number,
  rows: Rows,
  updates: number,
): Pointer {
  if (rows.weights === undefined) return step;
  const out = arena.allocate(made * updates * 8);
  exports.product(step, rows.weights, made, rows.count, updates, out);
  return out;
}
