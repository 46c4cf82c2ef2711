/**
 * The smallest value at which `part` of the weight is reached. Equal values keep their order, so it is one of them in
 * any case. Weights are integers below 2^43, so sums are exact.
 */
export function lowerQuantile(values: readonly number[], weights: readonly number[], part = 0.5): number {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let run = 0;
  for (const i of order) {
    run += weights[i]!;
    if (run >= part * total) return values[i]!;
  }
  return 0;
}
