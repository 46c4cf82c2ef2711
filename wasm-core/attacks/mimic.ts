import { copies, meanOf, type Attack } from './attack.ts';

/** Power iterations: the direction need not be exact, only the same for all hostile nodes. */
const STEPS = 8;

/**
 * Mimic: all hostile nodes copy the honest update that lies furthest along the honest updates' direction of greatest
 * variance, so that one node's data weighs f + 1 times. Karimireddy, He, Jaggi, "Byzantine-Robust Learning on
 * Heterogeneous Datasets via Bucketing", ICLR 2022.
 */
export const mimic: Attack = ({ honest, own }) => {
  const mean = meanOf(honest);
  const gaps = honest.map((update) => Float64Array.from(update, (x, c) => x - mean[c]!));
  let direction = gaps[0]!;
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(mean.length);
    for (const gap of gaps) {
      const along = inner(gap, direction);
      for (let c = 0; c < next.length; c++) next[c]! += along * gap[c]!;
    }
    const norm = Math.sqrt(inner(next, next)) || 1;
    direction = next.map((x) => x / norm);
  }
  const along = gaps.map((gap) => Math.abs(inner(gap, direction)));
  return copies(honest[along.indexOf(Math.max(...along))]!, own.length);
};

function inner(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, c) => sum + x * b[c]!, 0);
}
