import type { Attack } from './attack.ts';

/**
 * NaN in every coordinate: no rule can weigh it (one NaN makes every sum NaN), so the core refuses such updates, and a
 * round gives them the verdict `not-finite` before anything is aggregated.
 */
export const notANumber: Attack = ({ own }) => own.map((update) => update.map(() => NaN));
