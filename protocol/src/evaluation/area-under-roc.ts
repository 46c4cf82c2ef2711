import type { Core } from '@covey/wasm-core';
import { rounded, type Measured } from './measured.ts';

/** Each class is sorted for itself: more are no table that anyone reads. */
export const MAX_AUROC_CLASSES = 256;

/**
 * Area under the ROC curve (Hanley and McNeil, 1982): how often a sample of a class has a larger probability of it than one
 * of another class, ties counting half. Of two classes that of the second; of more the mean over all classes against their
 * rest that have samples on both sides. Null where none has.
 *
 * probabilities f32[samples][classes], labels [samples].
 */
export function areaUnderRoc(
  core: Core,
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Measured | null {
  const samples = labels.length;
  const wanted = classes === 2 ? [1] : Array.from({ length: classes }, (_, i) => i);
  let [sum, counted] = [0n, 0n];
  for (const wantedClass of wanted) {
    const scores = Float32Array.from({ length: samples }, (_, i) => probabilities[i * classes + wantedClass]!);
    const { halfPairs, pairs } = core.auroc(
      scores,
      Uint8Array.from(labels, (label) => Number(label === wantedClass)),
    );
    if (pairs === 0n) continue;
    // Of each area 2^-64 at most is lost.
    sum += (halfPairs << 64n) / (2n * pairs);
    counted++;
  }
  if (counted === 0n) return null;
  const name = classes === 2 ? 'Area under the ROC curve' : 'Area under the ROC curve, mean over classes';
  return { type: 'roc_auc', name, value: rounded(sum, counted << 64n) };
}
