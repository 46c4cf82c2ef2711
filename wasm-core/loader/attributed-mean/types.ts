import type { RowSource } from '../aggregate-types.ts';

/** Where a model stands on the round's shard. */
export interface ShardLoss {
  /** Sum over the predictions, unit 2^-32 nat. */
  loss: bigint;
}

/** What the rule asks about models: `undefined` is a model beyond f32, which is worse than any other. */
export interface Oracle<E extends ShardLoss> {
  evaluate(parameters: Float32Array): Promise<E>;
  /** Of the mean loss of a prediction; undefined where there is none. */
  gradient(parameters: Float32Array): Promise<Float32Array | undefined>;
}

export interface AttributionParameters<E extends ShardLoss> extends Oracle<E> {
  base: { parameters: Float32Array; evaluation: E };
  /** Deltas from the base. */
  updates: Float32Array[] | RowSource;
  /** Integers from 1, one an update. */
  seats: readonly number[];
  /** Directions that anybody could have sent, in the order in which they are made orthonormal. */
  publicDirections: readonly Float32Array[];
  /** Gradient of the opened shards at the base, where there are any. */
  known?: Float32Array | undefined;
  /** Columns are cut to so many lower medians of their magnitudes; 0: they are not. */
  clip: number;
  /** Predictions on the shard. */
  predictions: number;
  signal?: AbortSignal | undefined;
  /** Called after each question; units are questions, `total` the most that may come. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** For a rule that decides by the updates alone. */
export type RuleAttributionParameters<E extends ShardLoss> = Omit<AttributionParameters<E>, 'clip'>;

export interface Attribution<E extends ShardLoss> {
  /** What the base plus its step becomes; null where no candidate lowers the loss, and the base stays. */
  outcome: { delta: Float32Array; parameters: Float32Array; evaluation: E; step: number } | null;
  updates: AttributedUpdate[];
}

export interface AttributedUpdate {
  /** So faint that it is left out, or in the aggregate, or neither. */
  role: 'left-out' | 'selected' | 'tried';
  /** What it gave and is paid for, unit 2^-32 nat over the shard; 0 unless selected. */
  contribution: bigint;
}
