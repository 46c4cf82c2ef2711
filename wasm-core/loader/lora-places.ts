import { DENSE } from './layers/matrix.ts';
import type { Network, TensorPlace } from './network-parts.ts';

export const MAX_RANK = 1024;

/** The matrices that adapters change: those of dense layers and of attention's projections. */
export function adaptedMatrices({ operations, tensors, table }: Network): TensorPlace[] {
  const starts = new Set(operations.filter(({ code }) => code === DENSE).map(({ parameters }) => parameters));
  // The embedding's matrix, though outputs may use it again.
  if (table) starts.delete(table.offset);
  return tensors.filter(({ offset, shape }) => starts.has(offset) && shape.length === 2);
}
