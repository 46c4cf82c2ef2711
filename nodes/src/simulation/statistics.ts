/** A mean with the half-width of its 95 % confidence interval, and of how many it is. */
export interface Estimate {
  mean: number;
  /** 0 for a single value, which says nothing about its spread. */
  interval: number;
  n: number;
}

/** Student's 97.5 % quantiles by degrees of freedom, from 1. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
];
const NORMAL = 1.96;

export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) return { mean: NaN, interval: NaN, n };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, interval: 0, n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  // Beyond 15 degrees of freedom Student's quantile is within 8 % of the normal one; 2.1 bounds it.
  const quantile = STUDENT[n - 2] ?? (n < 60 ? 2.1 : NORMAL);
  return { mean, interval: quantile * Math.sqrt(variance / n), n };
}

/** Spearman's: of ranks, equal values having the mean of theirs. NaN where all of one are equal. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + (value - middle) * (q[i]! - middle), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}
