/** What `assembly/score/program.ts` reads beside the operations of layers and losses: flags, the first operation, and the words of a record. */
export const flags = {
  bias: 1,
  addGradient: 2,
  addSecondGradient: 4,
  noInputGradient: 8,
  addParameterGradient: 16,
} as const;

/** The operation of first layers over features: its dimension is the type of their values, which samples tell. */
export const FEATURES = 1;

export const RECORD_WORDS = 24;
/** The operation's last dimension: where its spare gradient stands. */
export const SPARE = 23;
export const DIMENSIONS = 8;
