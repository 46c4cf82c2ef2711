import { copies, deviationOf, distance, meanOf, type Attack } from './attack.ts';

/** Halvings of the search for γ. */
const STEPS = 30;

/**
 * Min-max: mean − γ · deviation with the largest γ for which the hostile update is no further from any honest one than
 * the honest ones are from each other. Shejwalkar, Houmansadr, "Manipulating the Byzantine: Optimizing Model Poisoning
 * Attacks and Defenses for Federated Learning", NDSS 2021.
 */
export const minMax: Attack = ({ honest, own }) => {
  const mean = meanOf(honest);
  const deviation = deviationOf(honest, mean);
  const widest = Math.max(...honest.flatMap((a, i) => honest.slice(i + 1).map((b) => distance(a, b))), 0);
  const at = (gamma: number): Float32Array => Float32Array.from(mean, (x, c) => x - gamma * deviation[c]!);
  const hidden = (gamma: number): boolean => {
    const update = at(gamma);
    return honest.every((other) => distance(update, other) <= widest);
  };
  let [low, high] = [0, 1];
  while (high < 1024 && hidden(high)) [low, high] = [high, high * 2];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (hidden(middle)) low = middle;
    else high = middle;
  }
  return copies(at(low), own.length);
};
