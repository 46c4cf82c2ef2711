/** A chain with the real contracts, and rounds on it: for scripts beside the tests. */
export { playOn } from './play-round.ts';
export { cast, startTestNetwork } from './test-network.ts';
export type { TestNetwork, TestTask } from './test-network.ts';
