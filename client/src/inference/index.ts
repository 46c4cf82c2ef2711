/** Inference by hosts: find them, pay them by vouchers, check their answers, and say where one is wrong. */
export {
  accuseHost,
  closeAnswerCase,
  closeDueAnswerCases,
  contestAnswerCase,
  contradictHost,
  readAnswerCase,
} from './cases.ts';
export type { Accusation, AnswerCaseOnChain, Signed } from './cases.ts';
export { channelPayer } from './channel-payer.ts';
export type { ChannelPayerParameters } from './channel-payer.ts';
export {
  closeChannel,
  openChannel,
  rateHost,
  readChannel,
  redeemVouchers,
  requestClose,
  topUpChannel,
} from './channels.ts';
export type { ChannelOnChain } from './channels.ts';
export {
  MAX_DESK_INPUT,
  answerDesk,
  askDesk,
  deliverDesk,
  disputeDesk,
  endOfDeskRequest,
  readDeskDocuments,
  readDeskRequest,
  readDeskRequests,
  refundDesk,
} from './desk.ts';
export type { DeskDocuments, DeskOrder, DeskRequest } from './desk.ts';
export { computeDeskAnswer, fitting, isAnswer, readDeskInput } from './desk-request.ts';
export {
  enlistHost,
  findHosts,
  isHostSigner,
  requireOneModel,
  readHost,
  readHosts,
  releaseHost,
  renewHost,
  resignHost,
  updateHost,
} from './hosts.ts';
export type { HostOnChain, HostTerms, ServingHost } from './hosts.ts';
export { InferenceClient } from './inference-client.ts';
export type { AskOptions, InferenceClientParameters, Question } from './inference-client.ts';
export { Payer } from './payer.ts';
export type { HostAccount, Paid, PayerParameters, VoucherSigner } from './payer.ts';
export { bytesOf, proofSchema, proveAnswer } from './proof.ts';
export type { Expected, Proof, ProvenAnswer } from './proof.ts';
export { entryOf, memoryPurse, storedPurse, textOf } from './purse.ts';
export type { Purse, PurseEntry } from './purse.ts';
export { fetchInferenceModel, publishEvidence, replayAnswer } from './replay.ts';
export type { WrongAnswer } from './replay.ts';
export { fetchTokenizer, readTextTokens } from './text-tokens.ts';
