/**
 * The floor of the core: f32 below it count as 0. `assembly/vector/faint.ts` says why, and kernels hold to it; here it stands
 * for the few loops over updates that are not kernels. A test holds the two against each other.
 */
export const FAINT = 2 ** -51;

export function kept(value: number): number {
  return Math.abs(value) < FAINT ? 0 : value;
}
