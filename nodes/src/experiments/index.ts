/**
 * Dishonest participants, to show what the protocol does about them. Only the demo, the attack matrix and tests use
 * them: nothing that a participant runs imports this folder.
 */
export { censor } from './censor.ts';
export { copier, copyFromState, copyOf } from './copy.ts';
export type { Copied, CopySource } from './copy.ts';
export { flippedAt } from './flip.ts';
export { liar, lieAbout } from './lie.ts';
export { garbage, labelFlip } from './poison.ts';
