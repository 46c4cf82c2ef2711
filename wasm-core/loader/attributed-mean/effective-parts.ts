import type { ReadOptions, RowSource } from '../aggregate-types.ts';
import type { Combination } from '../aggregate.ts';
import type { CoreInstance } from '../instantiate.ts';
import { rowProduct } from './row-products.ts';
import { windowParts, type EffectivePart } from './window-parts.ts';

/** One an update. slopes: f64[columns]. */
export function effectiveParts(
  core: CoreInstance,
  updates: RowSource,
  combination: Combination,
  slopes: Float64Array,
  options: ReadOptions,
): EffectivePart[] {
  if ('coordinates' in combination) return windowParts(core, updates, combination, slopes, options);
  const weights = new Float64Array(updates.n);
  combination.updates.forEach((update, row) => (weights[update]! += combination.shares[row]!));
  return rowProduct(core, updates, slopes, options).map((along, update) => {
    const weight = weights[update]!;
    return { weight, slope: weight * along };
  });
}
