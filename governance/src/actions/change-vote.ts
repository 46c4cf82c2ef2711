import type { CoveyError } from '@covey/errors';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { CoveyWriter } from '@covey/client';
import { governanceError } from '../errors.ts';
import { getProposal } from './get-proposal.ts';
import { voteOptions } from './proposal.ts';
import type { VoteOption } from './proposal.ts';
import { vote } from './vote.ts';
import type { VoteParameters, VoteReturnType } from './vote.ts';

export type ChangeVoteParameters = VoteParameters;

export interface ChangeVoteReturnType extends VoteReturnType {
  /** What the account had voted before. */
  before: VoteOption;
}

export type ChangeVoteErrorType = CoveyError;

/** Replaces an account's vote by another one. Only DAOs whose mode is voteReplacement allow it. */
export async function changeVote(
  covey: CoveyWriter<'tokenVoting'>,
  parameters: ChangeVoteParameters,
): Promise<ChangeVoteReturnType> {
  const { proposalId, option } = parameters;
  const [{ mode }, before] = await Promise.all([
    getProposal(covey, { proposalId }),
    covey.publicClient
      .readContract({
        address: covey.deployment.tokenVoting,
        abi: tokenVotingAbi,
        functionName: 'getVoteOption',
        args: [proposalId, covey.sender.address],
      })
      .then((index) => voteOptions[index]),
  ]);
  if (before === undefined || before === 'none') {
    throw governanceError('GOV_VOTE_FORBIDDEN', 'There is no vote to change: the account has not voted.', {
      hint: 'Use `vote`.',
    });
  }
  if (mode !== 'voteReplacement') {
    throw governanceError('GOV_VOTE_FORBIDDEN', 'Votes on this proposal are final.', {
      expected: 'a proposal made in the mode voteReplacement',
      got: mode,
    });
  }
  return { ...(await vote(covey, { proposalId, option })), before };
}
