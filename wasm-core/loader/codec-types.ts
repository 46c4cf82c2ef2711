/** int8 values with one scale a channel: x̂ = data · scale. */
export interface Quantised {
  /** channels × length, row by row; −127 … 127. */
  data: Int8Array;
  /** One a channel, finite and above 0. */
  scales: Float32Array;
}

export interface Sparse {
  /** Strictly ascending. */
  indices: Uint32Array;
  values: Float32Array;
}

export interface Codec {
  /** Symmetric, ties to even; `values` is `channels` rows of equal length. */
  quantise(values: Float32Array, channels: number): Quantised;
  dequantise(quantised: Quantised): Float32Array;
  /** The `count` largest magnitudes, of equal ones the lower index; `residual` is what they leave of `values`. */
  topK(values: Float32Array, count: number): Sparse & { residual: Float32Array };
  /** Zeros with the values at their indices; length at least the last index + 1. */
  scatter(sparse: Sparse, length: number): Float32Array;
  /** B A, f32[outputs][inputs] of A f32[rank][inputs] and B f32[outputs][rank]; rows and columns by themselves have the same bits. */
  lowRank(a: { a: Float32Array; b: Float32Array; rank: number }): Float32Array;
  /** Σ w_i q_i · scale / Σ w_i, exact in integers until one division. Weights are integers, 0 … 32767. */
  int8Mean(a: { rows: Int8Array[]; weights: number[]; scale: number }): Float32Array;
  /**
   * Scales `values` down to L2 norm `clip` and adds N(0, (noise · clip)²) to each, from a key of 32 bytes. The same key
   * gives the same noise, so a key must come from a cryptographic generator, serve one array and stay secret: with it
   * anybody can take the noise away again.
   */
  privatise(a: { values: Float32Array; clip: number; noise: number; key: Uint8Array }): Float32Array;
}
