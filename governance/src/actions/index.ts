/**
 * What members do and read. Each takes the context of `connect` (@covey/client) and needs of its deployment what its type
 * names: those of TokenVoting work on any DAO that has it, given `{ tokenVoting, startBlock }`; `readDao` an address alone.
 */
export { canExecute } from './can-execute.ts';
export type { CanExecuteParameters, CanExecuteReturnType } from './can-execute.ts';
export { changeVote } from './change-vote.ts';
export type { ChangeVoteErrorType, ChangeVoteParameters, ChangeVoteReturnType } from './change-vote.ts';
export { createProposal } from './create-proposal.ts';
export type { CreateProposalErrorType, CreateProposalParameters, CreateProposalReturnType } from './create-proposal.ts';
export { delegateVotes } from './delegate-votes.ts';
export type { DelegateVotesErrorType, DelegateVotesParameters, DelegateVotesReturnType } from './delegate-votes.ts';
export { execute } from './execute.ts';
export type { ExecuteErrorType, ExecuteParameters, ExecuteReturnType } from './execute.ts';
export { getProposal } from './get-proposal.ts';
export type { GetProposalErrorType, GetProposalParameters, GetProposalReturnType } from './get-proposal.ts';
export { getTotalVotes } from './get-total-votes.ts';
export type { GetTotalVotesReturnType } from './get-total-votes.ts';
export { getVote } from './get-vote.ts';
export type { GetVoteErrorType, GetVoteParameters, GetVoteReturnType } from './get-vote.ts';
export { getVotingPower } from './get-voting-power.ts';
export type { GetVotingPowerParameters, GetVotingPowerReturnType } from './get-voting-power.ts';
export { getVotingSettings } from './get-voting-settings.ts';
export type { GetVotingSettingsReturnType } from './get-voting-settings.ts';
export { joinDao } from './join-dao.ts';
export type { JoinDaoErrorType, JoinDaoParameters, JoinDaoReturnType } from './join-dao.ts';
export { listDelegators } from './list-delegators.ts';
export type { Delegator, ListDelegatorsParameters, ListDelegatorsReturnType } from './list-delegators.ts';
export { listProposals } from './list-proposals.ts';
export type { ListProposalsErrorType, ListProposalsParameters, ListProposalsReturnType } from './list-proposals.ts';
export { decodeMetadata, encodeMetadata, voteOptions } from './proposal.ts';
export type { Proposal, ProposalState, VoteOption } from './proposal.ts';
export { readDao } from './read-dao.ts';
export type { DaoPlugin, ReadDaoErrorType, ReadDaoParameters, ReadDaoReturnType } from './read-dao.ts';
export { veto } from './veto.ts';
export type { VetoErrorType, VetoParameters, VetoReturnType } from './veto.ts';
export { vote } from './vote.ts';
export type { VoteErrorType, VoteParameters, VoteReturnType } from './vote.ts';
