/** What `assembly/score/program.ts` reads: operation codes, flags, losses, and the words of a record. */
export const codes = {
  bytes: 1,
  embed: 2,
  positions: 3,
  dense: 4,
  convolution: 5,
  'max-pool2d': 6,
  'avg-pool2d': 7,
  'batch-norm': 8,
  'layer-norm': 9,
  'rms-norm': 10,
  rotary: 11,
  attention: 12,
  relu: 13,
  gelu: 14,
  'gelu-tanh': 15,
  silu: 16,
  tanh: 17,
  softmax: 18,
  add: 19,
} as const;

export type OperationCode = (typeof codes)[keyof typeof codes];

export const flags = { bias: 1, addGradient: 2, addSecondGradient: 4, noInputGradient: 8 } as const;

export const losses = { 'cross-entropy': 0, 'next-token': 1, 'squared-error': 2 } as const;

export const RECORD_WORDS = 24;
/** The operation's last dimension: where its spare gradient stands. */
export const SPARE = 23;
export const DIMENSIONS = 8;
