import { relabelled, triggered } from '../samples.ts';
import type { TrainerStrategy } from '../strategy.ts';
import { classesOf } from './needs.ts';

/** Tolpegin and others, ESORICS 2020. */
export const labelFlip: TrainerStrategy = {
  name: 'label flip',
  about: 'trains on labels in reverse: 9 − y of ten',
  needs: 'labels',
  update: ({ task, data, train }) => train(relabelled(data, (label) => classesOf(task) - 1 - label)),
};

/** Bagdasaryan and others, AISTATS 2020, without the model replacement that equal steps undo. */
export const backdoor: TrainerStrategy = {
  name: 'backdoor',
  about: 'half of its images carry four white pixels and the label 7',
  needs: 'images of ten classes',
  update: ({ data, train }) => train(triggered(data, (row) => row < data.samples / 2)),
};
