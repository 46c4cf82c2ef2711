/** The part of this package that runs in browsers: reading chain and content, and verifying. */
export { isNodeError, nodeErrors } from './errors.ts';
export type { NodeErrorCode } from './errors.ts';
export { replayPolicy } from './replay/replay-policy.ts';
export type { ReplayPolicyParameters, ReplayProgress } from './replay/replay-policy.ts';
