import type { Aggregation, AggregateOptions, RowSource } from './aggregate-types.ts';
import type {
  Attribution,
  AttributionParameters,
  RuleAttributionParameters,
  ShardLoss,
} from './attributed-mean/types.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Rule } from './check-rule.ts';
import type { Codec } from './codec-types.ts';
import type { Layer } from './layers/index.ts';
import type { Loss } from './losses.ts';
import type { NetworkInput } from './network-parts.ts';
import type { Hex } from './load-options.ts';
import type { AdaptiveParameters } from './server-optimisers.ts';

export type { Layer } from './layers/index.ts';
export type { Loss } from './losses.ts';

export interface Evaluation {
  /** Sum over predictions, unit 2^-32 nat (squared error: 2^-32). Each prediction's loss is capped at 2^20. */
  loss: bigint;
  /** Predictions whose largest output is their label's; of equal outputs the lowest class counts. */
  correct: number;
  /** Predictions: one a sample, or one a token. */
  count: number;
}

/**
 * Samples of a network, count × features row by row; the array's type says how they become f32: bytes · 1/255, 32-bit
 * integers to the nearest f32, f32 as they are (finite). Or tokens, count × (length + 1), in the narrowest unsigned type
 * that holds the vocabulary; of whole texts count × length.
 */
export type Inputs = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array;

/**
 * One class a sample, in the narrowest unsigned type that holds their number; for squared error a number an output, finite
 * f32 or bytes · 1/255. Token networks have none.
 */
export type Labels = Uint8Array | Uint16Array | Uint32Array | Float32Array;

export interface EvaluateParameters {
  layers: Layer[];
  /** f32 unless given; gradients and training have no other. */
  arithmetic?: Arithmetic | undefined;
  /** Beside matrices of integers alone; in f32, `applyLora` makes one model. */
  lora?: Lora | undefined;
  parameters: Float32Array;
  inputs: Inputs;
  labels?: Labels | undefined;
  /** Cross-entropy unless given. */
  loss?: Loss | undefined;
  /** Looked at between chunks of at most 256 samples a thread; `onProgress` may abort it. */
  signal?: AbortSignal | undefined;
  /** Called after each of these; units are samples. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface MeasureParameters extends EvaluateParameters {
  /** k of top-k. */
  top: number;
}

export interface Measurement extends Evaluation {
  /** Predictions whose label is among the k largest outputs. */
  withinTop: number;
}

export interface PredictParameters {
  layers: Layer[];
  arithmetic?: Arithmetic | undefined;
  lora?: Lora | undefined;
  parameters: Float32Array;
  inputs: Inputs;
}

export interface SessionParameters {
  /** Of a network of tokens. */
  layers: Layer[];
  parameters: Float32Array;
}

/** Bytes of the core's memory. */
export interface SessionBytes {
  /** The weights, arranged for the core, and what the threads compute in. */
  session: number;
  /** Keys and values of a text. */
  text: number;
}

/** A text under way. */
export interface SessionText {
  /** Tokens that it has. */
  readonly seen: number;
  /** Forgets all but the first so many. */
  keep(tokens: number): void;
  close(): void;
}

export interface SessionPart {
  text: SessionText;
  /** One at least; no more than the network's length holds with those before. */
  tokens: ArrayLike<number>;
}

/** Texts that go on, token after token: keys and values of what stands before are kept. */
export interface Session {
  /** Tokens of a text at most. */
  readonly capacity: number;
  /** CORE_OUT_OF_MEMORY where there is no place for another. */
  open(): SessionText;
  /**
   * For each text, the outputs of its last token: the bits that `outputs` gives there for the whole text, whatever came in how
   * many calls and together with which others. Where it throws, the texts are as before.
   */
  extend(parts: readonly SessionPart[]): Float32Array[];
  /** Gives the memory back, that of the texts too. */
  close(): void;
}

export interface TrainParameters {
  layers: Layer[];
  parameters: Float32Array;
  inputs: Inputs;
  labels?: Labels | undefined;
  loss?: Loss | undefined;
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** Of SGD; with Adam its β₁. */
  momentum: number;
  /** SGD with momentum unless given. Adam: β₂ 0.999, ε 1e-8. */
  optimizer?: 'sgd' | 'adam' | undefined;
  /** The rate rises linearly over `warmup` minibatches, then falls linearly to `final` of itself. Constant unless given. */
  schedule?: { warmup: number; final: number } | undefined;
  /** Orders the samples; integer in 0 … 2^53 − 1. */
  seed: number;
  signal?: AbortSignal | undefined;
  /** Called after each minibatch; units are minibatches. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A low-rank change of every matrix: weight + alpha / rank · B A. */
export interface Lora {
  /** In the order of `tensors`, for each matrix that `loraTensors` names: A [rank][inputs], then B [outputs][rank]. */
  adapters: Float32Array;
  rank: number;
  alpha: number;
}

export interface LoraParameters extends Lora {
  layers: Layer[];
  parameters: Float32Array;
}

/** Where a tensor stands in the flat parameters. */
export interface TensorLayout {
  name: string;
  shape: number[];
  offset: number;
  length: number;
}

/** What a list of layers takes and gives. */
export interface NetworkLayout {
  input: NetworkInput;
  /** Rows of `classes` outputs a sample. */
  rows: number;
  classes: number;
  tensors: TensorLayout[];
  parameterCount: number;
  /** Of the parameters in the core's memory, in the arithmetic that was asked about. */
  bytes: number;
  /** Multiply-adds that scoring a sample takes, everything else that it does counted in. */
  work: number;
}

/** Exactly `halfPairs / (2 · pairs)`. */
export interface Auroc {
  /** 2 for each pair of a positive and a negative that the scores order rightly, 1 for each tie. */
  halfPairs: bigint;
  pairs: bigint;
}

export interface Core {
  /** Of the wasm binary: what the DAO approves as scorer. */
  readonly sha256: Hex;
  /** Threads that long calls use; 1 where the host cannot share memory with workers. The bits never depend on it. */
  readonly threads: number;
  /** Flat order: that of `networkLayout(layers).tensors`. */
  parameterCount(layers: Layer[]): number;
  /** He-uniform weights from a seed (integer in 0 … 2^53 − 1), biases 0. */
  initialise(layers: Layer[], seed: number): Float32Array;
  evaluate(a: EvaluateParameters): Evaluation;
  measure(a: MeasureParameters): Measurement;
  /** Of each prediction alone, unit 2^-32: `evaluate` gives their sum. */
  rowLosses(a: EvaluateParameters): BigUint64Array;
  /** Of the mean loss of a prediction, by the parameters; bit-reproducible whatever the threads. CORE_DIVERGED: none. */
  gradient(a: EvaluateParameters): Float32Array;
  /** count × classes probabilities. */
  predict(a: PredictParameters): Float32Array;
  /** count × classes outputs of the last layer. */
  outputs(a: PredictParameters): Float32Array;
  /** CORE_NO_SESSION for networks of which nothing can be kept, CORE_OUT_OF_MEMORY where the host has not so much. */
  session(a: SessionParameters): Session;
  /** What a session and each of its texts take; throws as `session` does of the layers. */
  sessionBytes(layers: Layer[]): SessionBytes;
  /** Labels are 0 or 1. */
  auroc(scores: Float32Array, labels: Uint8Array): Auroc;
  /** SGD with momentum or Adam, bit-reproducible; returns new parameters. */
  train(a: TrainParameters): Float32Array;
  /** The parameters of base and adapters together. */
  applyLora(a: LoraParameters): Float32Array;
  /** Updates as arrays, or as a source of columns when they exceed the core's memory. */
  aggregate(rule: Rule, updates: Float32Array[] | RowSource, options?: AggregateOptions): Aggregation;
  /** The mean of the updates that lower a loss, and what each of them gave. */
  attributedMean<E extends ShardLoss>(a: AttributionParameters<E>): Promise<Attribution<E>>;
  /** A rule's aggregate where it lowers a loss, and what each update gave to it. */
  attributedRule<E extends ShardLoss>(rule: Rule, a: RuleAttributionParameters<E>): Promise<Attribution<E>>;
  adaptive(a: AdaptiveParameters): Float32Array;
  /** Elementwise; −0 becomes +0. */
  add(a: Float32Array, b: Float32Array): Float32Array;
  subtract(a: Float32Array, b: Float32Array): Float32Array;
  isFinite(v: Float32Array): boolean;
  /** Updates made smaller or private. */
  readonly codec: Codec;
  /** Ends the core's threads; what is called later runs on the caller's. */
  close(): void;
}
