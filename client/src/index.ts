/** One deployment of Covey, read and written: in browsers and in Node. */
export type { ReadClient, WriteClient } from './chain/clients.ts';
export { chainError, ignoring, isRevert } from './chain/contract-error.ts';
export type { ChainErrorDetails } from './chain/contract-error.ts';
export { eventIn } from './chain/event-in.ts';
export { countText, coveyText, durationText, percentText, tokenText, utcText } from './quantities.ts';
export { refusalFacts } from './chain/refusal.ts';
export type { RefusalFact } from './chain/refusal.ts';
export { decodeRevert, revertDataOf, revertOf } from './chain/revert.ts';
export type { Revert } from './chain/revert.ts';
export { connect } from './chain/chain.ts';
export type { ConnectParameters, ConnectWriterParameters, CoveyChain, CoveyWriter } from './chain/chain.ts';
export type { ContractEvents, EventFilter } from './chain/events.ts';
export { chainTime, isClosed, nextMove, reached, readPhase } from './chain/phase.ts';
export type { NextMove, RoundClock, RoundMove } from './chain/phase.ts';
export { readAttestations } from './chain/read-attestations.ts';
export type { AttestationOnChain } from './chain/read-attestations.ts';
export { readCandidate, readCandidates, readDraws } from './chain/read-candidates.ts';
export type { CandidateOnChain, DrawOnChain, OwnCandidacy } from './chain/read-candidates.ts';
export { readPolicy, readPolicyNumber, readScorer } from './chain/read-policy.ts';
export { readChallenges, readResultsOf, readRevealedResults } from './chain/read-results.ts';
export type { ChallengeOnChain, RevealedResult, ValidatorResultOnChain } from './chain/read-results.ts';
export { readClaims, readRewards } from './chain/read-rewards.ts';
export type { ClaimOnChain, RewardsOnChain } from './chain/read-rewards.ts';
export { readBase, readEarlier, readRoundInputs } from './chain/read-round-inputs.ts';
export { readAccepted, readCounted, readRound } from './chain/read-round.ts';
export type { DeadlineName, RoundId, RoundOnChain } from './chain/read-round.ts';
export { newestBlock } from './chain/events.ts';
export { readStake, readStakeInRound } from './chain/read-stake.ts';
export type { Stake } from './chain/read-stake.ts';
export { readCommitted, readSubmissionOf, readSubmissions } from './chain/read-submissions.ts';
export type { CommittedSubmission, OwnSubmission, SubmissionOnChain } from './chain/read-submissions.ts';
export {
  readFunding,
  readRoundCount,
  readTask,
  readTaskCount,
  readDataDescription,
  readTaskDocument,
  readTaskProgress,
} from './chain/read-task.ts';
export type { TaskOnChain } from './chain/read-task.ts';
export { readValidator, readValidators } from './chain/read-validators.ts';
export type { ValidatorOnChain, ValidatorProgress } from './chain/read-validators.ts';
export { Sender } from './chain/sender.ts';
export type {
  ContractCall,
  ContractCreation,
  GasLimits,
  SenderOptions,
  Sending,
  SendOptions,
  SendProgress,
  Sent,
} from './chain/sender.ts';
export type { OnTransaction, TransactionEvent } from './chain/transaction-events.ts';
export { BranchChanged } from './logs/branch-changed.ts';
export { readBlockLogs } from './logs/block-logs.ts';
export { inOrder } from './logs/check-logs.ts';
export { readHeader, readHeaders } from './logs/header.ts';
export type { Header } from './logs/header.ts';
export type { ChainLog, LogFilter, LogTopic } from './logs/log-filter.ts';
export { readEvents } from './logs/read-events.ts';
export type { EventQuery, ProvenEvents } from './logs/read-events.ts';
export { readLogs } from './logs/read-logs.ts';
export type { ProvenLogs, ReadLogsOptions } from './logs/read-logs.ts';
export { inTurns } from './logs/rpc.ts';
export type { Rpc } from './logs/rpc.ts';
export { createCovey } from './covey/create-covey.ts';
export type { Covey, CreateCoveyParameters } from './covey/create-covey.ts';
export type { VerifyOptions } from './covey/round.ts';
export { addFile } from './content/add-file.ts';
export { cachedReader } from './content/cached-reader.ts';
export { codecs, defaultMaxBytes, defaultTimeoutMs, maxBlockBytes } from './content/content-store.ts';
export type { ContentReader, ContentStore, GetOptions } from './content/content-store.ts';
export { fetchFile } from './content/fetch-file.ts';
export type { FetchEvent, FetchFileParameters, FileSource, FileTarget } from './content/file-source.ts';
export { fetchSubmission } from './content/fetch-submission.ts';
export type { ContentFault, FetchedSubmission } from './content/fetch-submission.ts';
export { firstReader } from './content/first-reader.ts';
export { gatewayStore } from './content/gateway-store.ts';
export { streamFile } from './content/stream-file.ts';
export { verifiedReader } from './content/verified-reader.ts';
export type { BlockSource } from './content/verified-reader.ts';
export { resultDocumentCid } from './chain/result-document-cid.ts';
export { readAcceptedDocument } from './settle/accepted-document.ts';
export { claimAll, claimTrainer, claimValidator, releaseVested } from './settle/claim.ts';
export type { ClaimParameters, ClaimedAll } from './settle/claim.ts';
export { settleFromChain } from './settle/settle-on-chain.ts';
export type { SettlementOnChain } from './settle/settle-on-chain.ts';
export { readSettlementInputs } from './settle/settlement-inputs.ts';
export type { RpcEvent } from './transport/endpoint.ts';
export { rpcTransport } from './transport/rpc-transport.ts';
export type { RpcTransportParameters } from './transport/rpc-transport.ts';
export { verifyRound } from './verify/verify-round.ts';
export type {
  ContentProblem,
  Difference,
  RoundVerification,
  SubmissionVerification,
  VerifyProgress,
  VerifyRoundParameters,
} from './verify/verify-round.ts';
export { lock, readLock, readLocksOf, relock, requestUnlock, withdrawLock } from './escrow/locks.ts';
export type { LockOnChain } from './escrow/locks.ts';
export { earnEmission, readEarning, readEmission, secondsADay } from './emission/emission.ts';
export type { EmissionOnChain } from './emission/emission.ts';
export { ignoreActions } from './events.ts';
export type { ActionEvent, InRound, Mined, OnAction } from './events.ts';
export { buyListing } from './market/buy.ts';
export { BuyerKeys } from './market/buyer-keys.ts';
export { dispute, findFault, nothingToDispute } from './market/dispute.ts';
export type { FindFaultParameters, Proof } from './market/dispute.ts';
export { claimRevenues, readOwed, readRevenues, withdrawOwed } from './market/earnings.ts';
export type { Owed, Revenue, Withdrawal } from './market/earnings.ts';
export {
  licensedForEver,
  readLicence,
  readListing,
  readListingCount,
  readListings,
  saleStates,
  soldModel,
} from './market/listing.ts';
export type { ListingOnChain, SaleState, SealedOnChain } from './market/listing.ts';
export { readDelivery, readOrder, readOrderCount, readOrders, readPublicKey } from './market/orders.ts';
export type { OrderOnChain } from './market/orders.ts';
export { fetchModel, predict } from './market/predict.ts';
export type { FetchedModel, Prediction } from './market/predict.ts';
export {
  changeListing,
  listOwnModel,
  listSealedModel,
  listTaskModel,
  postBond,
  releaseBond,
  setDeliveryKey,
  setPrice,
} from './market/publish.ts';
export type { Listed, SaleTerms } from './market/publish.ts';
export { checkServed, readSealedManifest, servedBy } from './market/served.ts';
export type { ServedSealed } from './market/served.ts';
export { deliverKeys, orderModel, placeOfOrder, receiveKey, refundOrder, settleOrders } from './market/trade.ts';
export type { Delivered } from './market/trade.ts';
export { compareProvenance } from './provenance/compare.ts';
export { findMaker } from './provenance/made-models.ts';
export type { MadeIn } from './provenance/made-models.ts';
export { readProvenance } from './provenance/read-provenance.ts';
export type { ReadProvenance } from './provenance/read-provenance.ts';
export type {
  ModelReference,
  ProvenanceProgress,
  ReadDecision,
  ReadProvenanceParameters,
} from './provenance/parameters.ts';
export { verifyProvenance } from './provenance/verify-provenance.ts';
export type {
  ProvenanceVerification,
  ReplayedRound,
  ShardVerification,
  VerifyProvenanceParameters,
} from './provenance/verify-provenance.ts';
export { placeOf } from './provenance/place.ts';
export { listAcceptedRounds } from './replay/list-rounds.ts';
export { readReplayCases } from './replay/read-cases.ts';
export { readReplayPurchases } from './replay/read-purchases.ts';
export { readEmissionState } from './replay/read-emission-state.ts';
export { readReplayRound } from './replay/read-round.ts';
export type {
  EmissionState,
  PaidOnChain,
  ReplayCandidate,
  ReplayCase,
  ReplayEmission,
  ReplayPurchase,
  ReplayRole,
  ReplayRound,
  ReplayStake,
  ReplaySubmission,
  ReplayValidator,
} from './replay/types.ts';
export { acceptResult } from './round/accept-result.ts';
export type { AcceptedResult } from './round/accept-result.ts';
export { commitAttestation, revealAttestation } from './round/attest.ts';
export { drandRelays, quicknetHash, quicknetRelays, signedBeacon } from './round/beacon-source.ts';
export type { BeaconSource, DrandRelaysParameters } from './round/beacon-source.ts';
export { challengeResult, readChallengeBond } from './round/challenge-result.ts';
export { commitResult, revealResult } from './round/commit-result.ts';
export type { CrankParameters } from './round/crank-parameters.ts';
export { advanceDraw, readBeaconValue, readDrawFailure } from './round/draw.ts';
export type { DrawParameters, DrawProgress } from './round/draw.ts';
export { finalize } from './round/finalize-round.ts';
export { claimForfeit, forfeitsStake, payForfeits } from './round/forfeits.ts';
export { joinRound } from './round/join-round.ts';
export type { JoinRoundParameters } from './round/join-round.ts';
export { closeClaims, openClaims } from './round/open-claims.ts';
export { openRound } from './round/open-round.ts';
export { publishKey } from './round/publish-key.ts';
export { commitSubmission, revealSubmission } from './round/submit.ts';
export type { SubmissionOpening } from './round/submit.ts';
export { voidIfPossible } from './round/void-round.ts';
export { collectSlashes, executeCases } from './slash/execute-cases.ts';
export { openCases } from './slash/open-cases.ts';
export { heldNodes, readReleasableAt, releaseStake, releaseStakes } from './slash/release-stakes.ts';
export { slashableFacts } from './slash/slashable-facts.ts';
export type { SlashableFact } from './slash/slashable-facts.ts';
export {
  claimRewards,
  collect,
  delegateStake,
  requestUnstake,
  setCommission,
  stake,
  withdrawStake,
} from './stake/actions.ts';
export {
  acceptOperator,
  allocate,
  allocatedRoles,
  dismissOperator,
  offerOperator,
  resignOperator,
} from './stake/allocate.ts';
export type { AllocateParameters, AllocatedRole } from './stake/allocate.ts';
export { ensureAllowance, ensurePayment } from './stake/allowance.ts';
export type { Payment } from './stake/allowance.ts';
export {
  readActingFor,
  readAllocatedAt,
  readAllocation,
  readAllocations,
  readOperator,
} from './stake/read-allocations.ts';
export type { AllocationOnChain } from './stake/read-allocations.ts';
export { readPosition } from './stake/read-position.ts';
export type { PositionOnChain } from './stake/read-position.ts';
export { readAllowance, readBalance, readTokenUnit } from './token/read-token.ts';
export type { TokenUnit } from './token/read-token.ts';
export {
  completeTask,
  expireTask,
  fundTask,
  nameOpener,
  proposeTask,
  raiseCreationStake,
  redeemFunds,
  sweepTask,
} from './task/actions.ts';
export type { PublishedTask } from './task/actions.ts';
export { clientError, clientErrors, isClientError } from './errors.ts';
export type { ClientErrorCode } from './errors.ts';
