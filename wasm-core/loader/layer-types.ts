type Pair = [number, number];

/**
 * A network is a list of layers. Samples are bytes (scaled by 1/255), or tokens where the first layer is an embedding.
 * Shapes are inferred from layer to layer: features, [channels, height, width] or [tokens, width].
 */
export type Layer =
  /** Bytes as an image, channels first; only first. */
  | { type: 'image'; channels: number; height: number; width: number }
  /** y = x Wᵀ + b over the last dimension. */
  | { type: 'dense'; inputs: number; outputs: number; bias?: boolean | undefined }
  | ConvolutionLayer
  | PoolLayer
  /** With the running statistics, also while training. */
  | { type: 'batch-norm'; features: number; epsilon?: number | undefined }
  | { type: 'layer-norm'; features: number; epsilon?: number | undefined }
  | { type: 'rms-norm'; features: number; epsilon?: number | undefined }
  /** Tokens below `vocabulary` to vectors; a sample is `length` tokens and the one that follows. Only first. */
  | { type: 'embedding'; vocabulary: number; length: number; width: number }
  /** Learned positions, added. */
  | { type: 'positions'; length: number; width: number }
  /** Causal multi-head self-attention with its projections; `rotary`: positions turn queries and keys. */
  | { type: 'attention'; width: number; heads: number; rotary?: boolean | undefined }
  | { type: 'relu' }
  /** x Φ(x); by default with erf. */
  | { type: 'gelu'; approximate?: 'tanh' | undefined }
  | { type: 'silu' }
  | { type: 'tanh' }
  /** Over the last dimension. */
  | { type: 'softmax' }
  | { type: 'flatten' }
  /** x + layers(x). */
  | { type: 'residual'; layers: Layer[] };

/** Sizes are [height, width]. */
export type ConvolutionLayer = {
  type: 'conv2d';
  inputs: number;
  outputs: number;
  kernel: Pair;
  /** 1 unless given. */
  stride?: Pair | undefined;
  /** 0 unless given. */
  padding?: Pair | undefined;
  /** 1 unless given. */
  groups?: number | undefined;
  bias?: boolean | undefined;
};

export type PoolLayer = {
  type: 'max-pool2d' | 'avg-pool2d';
  kernel: Pair;
  /** The kernel unless given. */
  stride?: Pair | undefined;
  /** 0 unless given, at most half the kernel. */
  padding?: Pair | undefined;
};

/** Cross-entropy of labels; squared error to target bytes · 1/255. Token networks predict the next token. */
export type Loss = 'cross-entropy' | 'squared-error';
