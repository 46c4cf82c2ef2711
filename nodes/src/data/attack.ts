import type { Dataset } from './dataset.ts';

/**
 * FOR EXPERIMENTS ONLY: the label-flipping attack, in which a dishonest node trains on label `classes − 1 − y` instead
 * of y (Tolpegin et al. 2020, arXiv:2007.08432), so that its update pulls the model away from every class. It exists to
 * show that robust aggregation and ranking by contribution withstand it.
 */
export function flipLabels(data: Dataset, classes: number): Dataset {
  return { ...data, labels: data.labels.map((label) => classes - 1 - label) };
}
