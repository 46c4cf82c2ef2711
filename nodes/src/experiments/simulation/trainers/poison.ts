import { relabelled, triggered } from '../samples.ts';
import type { TrainerStrategy } from '../strategy.ts';

/** Tolpegin and others, ESORICS 2020. */
export const labelFlip: TrainerStrategy = {
  name: 'label flip',
  about: 'trains on labels 9 − y',
  update: ({ data, train }) => train(relabelled(data, (label) => 9 - label)),
};

/** Bagdasaryan and others, AISTATS 2020, without the model replacement that equal steps undo. */
export const backdoor: TrainerStrategy = {
  name: 'backdoor',
  about: 'half of its images carry four white pixels and the label 7',
  update: ({ data, train }) => train(triggered(data, (row) => row < data.samples / 2)),
};
