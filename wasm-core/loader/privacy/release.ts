import { requireInteger, requireNumber } from '../arguments.ts';

/** Equal releases of noised values. */
export interface Release {
  /** Standard deviation of the noise over the L2 norm that values are clipped to; 0 is no protection. */
  noise: number;
  /** How many. */
  steps: number;
  /** Chance with which each record takes part in a release (Poisson sampling); 1 when all do. */
  sampling?: number;
}

/**
 * The least list of releases that says the same. Gaussian mechanisms without sampling are together one of noise
 * 1 / √(Σ 1/σ²): Dong, Roth, Su, "Gaussian Differential Privacy", 2022, corollary 3.3. Equal sampled ones are counted.
 */
export function merged(releases: readonly Release[]): Required<Release>[] {
  let precision = 0;
  const sampled = new Map<string, Required<Release>>();
  for (const { noise, steps, sampling = 1 } of releases) {
    requireNumber('noise', noise, 0, Infinity);
    requireInteger('steps', steps, 0, Number.MAX_SAFE_INTEGER);
    requireNumber('sampling', sampling, 0, 1 + Number.EPSILON);
    if (steps === 0 || sampling === 0) continue;
    if (sampling === 1) {
      precision += steps / noise ** 2;
      continue;
    }
    const key = `${noise}/${sampling}`;
    sampled.set(key, { noise, sampling, steps: steps + (sampled.get(key)?.steps ?? 0) });
  }
  const whole = precision > 0 ? [{ noise: 1 / Math.sqrt(precision), steps: 1, sampling: 1 }] : [];
  return [...whole, ...sampled.values()];
}
