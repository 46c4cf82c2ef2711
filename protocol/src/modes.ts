import { rankings } from '@covey/contracts/abi/enums';
import type { RankingName } from '@covey/contracts/abi/enums';

/** How a task comes to its next base model: the best model wins, or updates are aggregated. */
export const taskModes = ['arena', 'federated'] as const;
export type TaskMode = (typeof taskModes)[number];

/** By what trainers are paid: places in the order of losses, or what each gave. */
export { rankings };
export type Ranking = RankingName;
