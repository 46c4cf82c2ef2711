/** How a task comes to its next base model: the best model wins, or updates are aggregated. */
export const taskModes = ['arena', 'federated'] as const;
export type TaskMode = (typeof taskModes)[number];

/** What submissions are ranked by: the loss of each, or what the aggregate would lose without it. */
export const rankings = ['loss', 'contribution'] as const;
export type Ranking = (typeof rankings)[number];
