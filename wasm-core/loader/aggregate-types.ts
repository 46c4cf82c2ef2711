/** Run on the updates before the rule, in order; what each makes is what the next one sees. `byzantine` as in Rule. */
export type PreAggregator =
  /** Each update becomes the mean of the n − byzantine updates nearest to it. */
  | { pre: 'nnm'; byzantine: number }
  /** Means of `size` updates at a time, in an order drawn from `seed` (integer in 0 … 2^53 − 1). */
  | { pre: 'bucketing'; size: number; seed: number }
  /** No update longer than `norm`. */
  | { pre: 'clip'; norm: number }
  /** No update longer than the (k + 1)-th longest, k = ⌊2 (f/n) (n − f)⌋. */
  | { pre: 'arc'; byzantine: number };

/** How updates become one. `byzantine` (f) is how many of them may be hostile. */
export type Rule = { pre?: PreAggregator[] | undefined } & (
  | { rule: 'fedavg'; weights?: number[] | undefined }
  | { rule: 'median' }
  | { rule: 'trimmed-mean'; trim: number }
  | { rule: 'krum'; byzantine: number }
  | { rule: 'multi-krum'; byzantine: number; select: number }
  | { rule: 'bulyan'; byzantine: number }
  | { rule: 'geometric-median' }
  | { rule: 'mda'; byzantine: number }
  | { rule: 'norm-clip'; clip: number }
  /** `iterations` steps from the base model, each update pulling by at most `radius`. */
  | { rule: 'centred-clip'; radius: number; iterations: number }
);

export interface Aggregation {
  result: Float32Array;
  /** Ascending; only for rules that select rows. Rows as the pre-aggregators made them. */
  selected?: number[];
}

/** Updates that are read a part at a time, and more than once: the same values each time. */
export interface RowSource {
  /** Updates. */
  readonly n: number;
  /** Values of each. */
  readonly d: number;
  /** Writes the values [from, to) of an update into `into`, which has to − from places. */
  read(row: number, from: number, to: number, into: Float32Array): void;
}

export interface AggregateOptions {
  /** Looked at between tiles of columns. */
  signal?: AbortSignal | undefined;
  /** Called after each tile of columns; units are columns, over all passes. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

interface ServerRounds {
  start: Float32Array;
  /** One aggregated update a round, oldest first. */
  deltas: Float32Array[];
  learningRate: number;
}

/** The server's optimiser over rounds: FedAvgM (Hsu et al. 2019), FedAdagrad, FedAdam, FedYogi (Reddi et al. 2021). */
export type AdaptiveParameters = ServerRounds &
  (
    | { rule: 'fedavgm'; momentum: number }
    | { rule: 'fedadagrad'; beta1: number; tau: number }
    | { rule: 'fedadam' | 'fedyogi'; beta1: number; beta2: number; tau: number }
  );
