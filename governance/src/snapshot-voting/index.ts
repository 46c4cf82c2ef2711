export { approvalWords, executingChoice, saysApproval } from './approval.ts';
export { addressCasing } from './address-casing.ts';
export { bindingMessage, bindingTypes } from './binding-message.ts';
export type { BindingMessageParameters, BindingMessageReturnType, BindingType } from './binding-message.ts';
export { toChainMessage } from './chain-message.ts';
export type { ChainMessage } from './chain-message.ts';
export { executeBound } from './execute-bound.ts';
export type { ExecuteBoundErrorType, ExecuteBoundParameters, ExecuteBoundReturnType } from './execute-bound.ts';
export {
  erc165Abi,
  findSnapshotVoting,
  snapshotVotingInterfaceId,
  withSnapshotVoting,
} from './find-snapshot-voting.ts';
export type { WithSnapshotVoting } from './find-snapshot-voting.ts';
export { getBoundProposal } from './get-bound-proposal.ts';
export type {
  BoundProposal,
  BoundState,
  GetBoundProposalErrorType,
  GetBoundProposalParameters,
  GetBoundProposalReturnType,
} from './get-bound-proposal.ts';
export { hashActions } from './hash-actions.ts';
export { fetchBlock, queryHub, readMessage } from './hub-messages.ts';
export type { FetchBlock, HubSource } from './hub-messages.ts';
export { listBoundProposals } from './list-bound-proposals.ts';
export type {
  BoundRegistration,
  ListBoundProposalsParameters,
  ListBoundProposalsReturnType,
} from './list-bound-proposals.ts';
export { packVote } from './pack-vote.ts';
export type { SignedVote } from './pack-vote.ts';
export { packVotes } from './pack-votes.ts';
export type { PackVotesReturnType, VoteBatch } from './pack-votes.ts';
export { parsePluginsField, pluginsField } from './plugins-field.ts';
export type { Binding } from './plugins-field.ts';
export { readHubProposal } from './read-hub-proposal.ts';
export type { ReadHubProposalParameters, ReadHubProposalReturnType } from './read-hub-proposal.ts';
export { readHubVotes } from './read-hub-votes.ts';
export type { ReadHubVotesParameters, ReadHubVotesReturnType } from './read-hub-votes.ts';
export { registerProposal } from './register-proposal.ts';
export type {
  RegisterProposalErrorType,
  RegisterProposalParameters,
  RegisterProposalReturnType,
} from './register-proposal.ts';
export { getSnapshotSettings, updateSnapshotSettings } from './settings.ts';
export type { GetSnapshotSettingsReturnType, SnapshotSettings } from './settings.ts';
export { submitVotes } from './submit-votes.ts';
export type {
  RejectedVote,
  SubmitVotesErrorType,
  SubmitVotesParameters,
  SubmitVotesProgress,
  SubmitVotesReturnType,
} from './submit-votes.ts';
export { vetoBound } from './veto-bound.ts';
export type { SkippedVote, SkipReason } from './votes-to-submit.ts';
