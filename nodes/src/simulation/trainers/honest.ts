import type { TrainerStrategy } from '../strategy.ts';

export const honest: TrainerStrategy = {
  name: 'honest',
  about: 'trains on its own data as the task says',
  update: ({ own }) => own(),
};
