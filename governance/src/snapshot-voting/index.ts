export { addressCasing } from './addressCasing.ts';
export { bindingMessage, bindingTypes } from './bindingMessage.ts';
export type { BindingMessageParameters, BindingMessageReturnType, BindingType } from './bindingMessage.ts';
export { toChainMessage } from './chainMessage.ts';
export type { ChainMessage } from './chainMessage.ts';
export { executeBound } from './executeBound.ts';
export type { ExecuteBoundErrorType, ExecuteBoundParameters, ExecuteBoundReturnType } from './executeBound.ts';
export { erc165Abi, findSnapshotVoting, snapshotVotingInterfaceId, withSnapshotVoting } from './findSnapshotVoting.ts';
export { getBoundProposal } from './getBoundProposal.ts';
export type {
  BoundProposal,
  BoundState,
  GetBoundProposalErrorType,
  GetBoundProposalParameters,
  GetBoundProposalReturnType,
} from './getBoundProposal.ts';
export { hashActions } from './hashActions.ts';
export { fetchBlock, queryHub, readMessage } from './hubMessages.ts';
export type { FetchBlock, HubSource } from './hubMessages.ts';
export { listBoundProposals } from './listBoundProposals.ts';
export type {
  BoundRegistration,
  ListBoundProposalsParameters,
  ListBoundProposalsReturnType,
} from './listBoundProposals.ts';
export { packVote } from './packVote.ts';
export type { SignedVote } from './packVote.ts';
export { packVotes } from './packVotes.ts';
export type { PackVotesReturnType, VoteBatch } from './packVotes.ts';
export { parsePluginsField, pluginsField } from './pluginsField.ts';
export type { Binding } from './pluginsField.ts';
export { readHubProposal } from './readHubProposal.ts';
export type { ReadHubProposalParameters, ReadHubProposalReturnType } from './readHubProposal.ts';
export { readHubVotes } from './readHubVotes.ts';
export type { ReadHubVotesParameters, ReadHubVotesReturnType } from './readHubVotes.ts';
export { registerProposal } from './registerProposal.ts';
export type {
  RegisterProposalErrorType,
  RegisterProposalParameters,
  RegisterProposalReturnType,
} from './registerProposal.ts';
export { getSnapshotSettings, updateSnapshotSettings } from './settings.ts';
export type { GetSnapshotSettingsReturnType, SnapshotSettings } from './settings.ts';
export { submitVotes } from './submitVotes.ts';
export type {
  RejectedVote,
  SubmitVotesErrorType,
  SubmitVotesParameters,
  SubmitVotesProgress,
  SubmitVotesReturnType,
} from './submitVotes.ts';
export { vetoBound } from './vetoBound.ts';
export type { SkippedVote, SkipReason } from './votesToSubmit.ts';
