export type Hex = `0x${string}`;

/** Loss is always softmax cross-entropy over the last outputs. The first layer is dense. */
export type Layer = { type: 'dense'; inputs: number; outputs: number } | { type: 'relu' };

/** How updates become one. `byzantine` (f) is how many of them may be hostile. */
export type Rule =
  | { rule: 'fedavg'; weights?: number[] }
  | { rule: 'median' }
  | { rule: 'trimmed-mean'; trim: number }
  | { rule: 'krum'; byzantine: number }
  | { rule: 'multi-krum'; byzantine: number; select: number }
  | { rule: 'bulyan'; byzantine: number }
  | { rule: 'geometric-median' }
  | { rule: 'norm-clip'; clip: number }
  | { rule: 'nnm+trimmed-mean'; byzantine: number; trim: number };

export interface Evaluation {
  /** Sum over samples, unit 2^-32 nat. Each sample's loss is capped at 2^20 nat. */
  loss: bigint;
  /** Samples whose largest logit is their label's; of equal logits the lowest class counts. */
  correct: number;
  count: number;
}

export interface EvaluateParameters {
  layers: Layer[];
  parameters: Float32Array;
  /** count × features, row by row; scaled by 1/255 in the core. */
  inputs: Uint8Array;
  /** One class a sample. */
  labels: Uint8Array;
  /** Looked at between chunks of 256 samples. */
  signal?: AbortSignal;
}

export interface PredictParameters {
  layers: Layer[];
  parameters: Float32Array;
  inputs: Uint8Array;
}

export interface TrainParameters {
  layers: Layer[];
  parameters: Float32Array;
  inputs: Uint8Array;
  labels: Uint8Array;
  epochs: number;
  batchSize: number;
  learningRate: number;
  momentum: number;
  /** Orders the samples; integer in 0 … 2^53 − 1. */
  seed: number;
  signal?: AbortSignal;
  /** Called after each minibatch; units are minibatches. */
  onProgress?(done: number, total: number): void;
}

export interface Aggregation {
  result: Float32Array;
  /** Ascending; only for rules that select rows. */
  selected?: number[];
}

/** The server's optimiser over rounds: FedAdam or FedYogi (Reddi et al. 2021). */
export interface AdaptiveParameters {
  rule: 'fedadam' | 'fedyogi';
  start: Float32Array;
  /** One aggregated update a round, oldest first. */
  deltas: Float32Array[];
  learningRate: number;
  beta1: number;
  beta2: number;
  tau: number;
}

export interface Core {
  /** Of the wasm binary: what the DAO approves as scorer. */
  readonly sha256: Hex;
  /** Threads that long calls use; 1 where the host cannot share memory with workers. The bits never depend on it. */
  readonly threads: number;
  /** Flat order: per dense layer weight [outputs][inputs] row-major, then bias [outputs]. */
  parameterCount(layers: Layer[]): number;
  /** He-uniform weights from a seed (integer in 0 … 2^53 − 1), biases 0. */
  initialise(layers: Layer[], seed: number): Float32Array;
  evaluate(a: EvaluateParameters): Evaluation;
  /** count × classes probabilities. */
  predict(a: PredictParameters): Float32Array;
  /** SGD with momentum, bit-reproducible; returns new parameters. */
  train(a: TrainParameters): Float32Array;
  aggregate(rule: Rule, updates: Float32Array[]): Aggregation;
  adaptive(a: AdaptiveParameters): Float32Array;
  /** Elementwise; −0 becomes +0. */
  add(a: Float32Array, b: Float32Array): Float32Array;
  subtract(a: Float32Array, b: Float32Array): Float32Array;
  isFinite(v: Float32Array): boolean;
  /** Ends the core's threads; what is called later runs on the caller's. */
  close(): void;
}

export interface LoadOptions {
  /** Refuse any other binary with `CORE_SCORER_MISMATCH`. */
  expectedSha256?: Hex;
  /**
   * Threads for long calls, the caller's own among them: 1 (default) to 64. A page needs cross-origin isolation and a
   * worker for more than one; elsewhere `Core.threads` says 1.
   */
  threads?: number;
}
