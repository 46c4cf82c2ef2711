/** The part of this package that runs in browsers: reading chain and content, and verifying. */
export { chainError } from './chain/contract-error.ts';
export { chainTime, isClosed, phaseName, reached, readPhase } from './chain/phase.ts';
export { readPolicy, readScorer } from './chain/read-policy.ts';
export { readAccepted, readCounted, readRound } from './chain/read-round.ts';
export type { RoundOnChain } from './chain/read-round.ts';
export { readBase, readRoundInputs } from './chain/read-round-inputs.ts';
export { readStake, readStakeAtOpening } from './chain/read-stake.ts';
export type { Stake } from './chain/read-stake.ts';
export { readCommitted, readSubmissionOf, readSubmissions } from './chain/read-submissions.ts';
export type { OwnSubmission, SubmissionOnChain } from './chain/read-submissions.ts';
export { hasReached, readRevealedResults, readValidator, readValidators } from './chain/read-validators.ts';
export type { RevealedResult, ValidatorOnChain, ValidatorProgress } from './chain/read-validators.ts';
export { readRoundCount, readTask, readTaskCount, readTaskDocument } from './chain/read-task.ts';
export type { TaskOnChain } from './chain/read-task.ts';
export { cachedReader } from './content/cached-reader.ts';
export { codecs, defaultMaxBytes, defaultTimeoutMs, maxBlockBytes } from './content/content-store.ts';
export type { ContentReader, ContentStore, GetOptions } from './content/content-store.ts';
export { gatewayStore } from './content/gateway-store.ts';
export { verifiedReader } from './content/verified-reader.ts';
export type { BlockSource } from './content/verified-reader.ts';
export { isNodeError, isRevert, NodeError, nodeErrorCodes } from './errors.ts';
export type { NodeErrorCode, NodeErrorDetails } from './errors.ts';
export { replayPolicy } from './replay/replay-policy.ts';
export type { ReplayPolicyParameters, ReplayProgress } from './replay/replay-policy.ts';
export type { RoundKey } from './replay/list-rounds.ts';
export { readAcceptedDocument, resultDocumentCid } from './settle/accepted-document.ts';
export { settleFromChain } from './settle/settle-on-chain.ts';
export type { SettlementOnChain } from './settle/settle-on-chain.ts';
export { verifyRound } from './verify/verify-round.ts';
export type {
  ContentProblem,
  Difference,
  RoundVerification,
  SubmissionVerification,
  VerifyProgress,
  VerifyRoundParameters,
} from './verify/verify-round.ts';
