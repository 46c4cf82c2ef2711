export interface TensorPlace {
  /** As in a PyTorch module whose list is called `layers`. */
  name: string;
  shape: number[];
  /** Index of its first element in the flat parameter vector. */
  offset: number;
  length: number;
  /** Uniform in ±√boundSquared, or a constant. */
  initial: { boundSquared: number } | { value: number };
}

export interface Operation {
  code: number;
  input: number;
  second?: number;
  output: number;
  parameters: number;
  /** Whether it has parameters. */
  learns: boolean;
  flags: number;
  dimensions: number[];
  /** May the output take the input's place? */
  inPlace: boolean;
  /** Bytes of scratch for so many samples. */
  scratch(samples: number, training: boolean): number;
}

/** Where the embedding's matrix stands, which outputs may use again. */
export interface EmbeddingTable {
  /** Index of its first element in the flat parameter vector. */
  offset: number;
  vocabulary: number;
  width: number;
}

/**
 * What a sample is: features; tokens, each of which predicts the next, with the one that follows the last; or a whole text
 * of tokens, filled up with one of padding, with a label of its own.
 */
export type NetworkInput =
  | { kind: 'features'; size: number }
  | { kind: 'tokens'; size: number; vocabulary: number }
  | { kind: 'text'; size: number; vocabulary: number; padding: number };

export interface Network {
  input: NetworkInput;
  operations: Operation[];
  /** f32 a sample of every value that operations pass on. */
  values: number[];
  output: number;
  table: EmbeddingTable | undefined;
  /** Rows of `classes` outputs a sample. */
  rows: number;
  classes: number;
  tensors: TensorPlace[];
  parameterCount: number;
  /** What scoring one sample takes, see `WORK`. */
  work: number;
}

/**
 * Work is counted in multiply-adds of matrix products, and what is none of those in nanoseconds: no network takes longer
 * than a nanosecond a unit on one core of the machine of docs/reference/wasm-speed.md. Products take a tenth of that.
 */
export const WORK = {
  /** A value: GELU, and other functions of `math-f32-simd.ts`. */
  gelu: 32,
  function: 12,
  /** An output: its f64 exponential in the loss; and a row of outputs its logarithm. */
  loss: 48,
  lossRow: 96,
  /** What begins anew with each row, each group or block of a convolution, each operation of a sample. */
  row: 16,
  group: 128,
  operation: 32,
} as const;

/** Hard bounds against hostile documents, far above what a task may use. */
export const limits = {
  /** In one list, in all lists, and lists in lists. */
  layers: 64,
  allLayers: 512,
  depth: 4,
  parameters: 2 ** 28,
  /** f32 of one sample's activations at once. */
  activations: 2 ** 26,
  /** Bytes of a minibatch's activations with the parameters, their gradient and moments: half of a 32-bit memory. */
  training: 2 ** 31,
  /** Work of one sample. */
  work: 2 ** 36,
  /** Of labels, or tokens of a vocabulary. */
  classes: 2 ** 18,
} as const;

/** f32 of n rows in panels of 8, as matrix products pack them. */
export const panels = (n: number): number => Math.ceil(n / 8) * 8;
