/** Shards that count as open data: the latest ones whose keys are public. */
export const OPENED_SHARDS = 4;

/** Epochs after which the core's own training on open data gives a public direction. */
export const DIRECTION_EPOCHS = [1, 3];
export const MOST_DIRECTION_EPOCHS = Math.max(...DIRECTION_EPOCHS);
