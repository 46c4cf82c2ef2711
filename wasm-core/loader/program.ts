/** What `assembly/score/program.ts` reads beside the operations of layers and losses: flags, and the words of a record. */
export const flags = { bias: 1, addGradient: 2, addSecondGradient: 4, noInputGradient: 8 } as const;

export const RECORD_WORDS = 24;
/** The operation's last dimension: where its spare gradient stands. */
export const SPARE = 23;
export const DIMENSIONS = 8;
