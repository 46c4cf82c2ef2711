/** What an attacker knows: everything, the honest updates of the round included. */
export interface Round {
  /** Updates of the honest nodes. */
  honest: Float32Array[];
  /** What the hostile nodes would have sent, had they trained as they should. */
  own: Float32Array[];
  seed: number;
}

/**
 * An attack on the updates of a round: what the hostile nodes send, one update each. They exist so that every rule can be
 * measured against every attack (`npm run matrix`); nothing that runs on a network uses them.
 */
export type Attack = (round: Round) => Float32Array[];

/** n copies. */
export function copies(update: Float32Array, n: number): Float32Array[] {
  return Array.from({ length: n }, () => update.slice());
}

export function meanOf(updates: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(updates[0]!.length);
  for (const update of updates) for (let c = 0; c < mean.length; c++) mean[c]! += update[c]! / updates.length;
  return mean;
}

/** Standard deviation of each coordinate. */
export function deviationOf(updates: readonly Float32Array[], mean: Float64Array): Float64Array {
  const square = new Float64Array(mean.length);
  for (const update of updates) {
    for (let c = 0; c < mean.length; c++) square[c]! += (update[c]! - mean[c]!) ** 2 / updates.length;
  }
  return square.map(Math.sqrt);
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let square = 0;
  for (let c = 0; c < a.length; c++) square += (a[c]! - b[c]!) ** 2;
  return Math.sqrt(square);
}
