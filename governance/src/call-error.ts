import { chainError, isRevert, type ChainErrorDetails } from '@covey/client';
import { governanceError, type GovernanceErrorCode } from './errors.ts';

/** What the contracts of the vote say, as our codes; other refusals are CONTRACT_REVERTED with their `contractError`. */
const revertCodes: Record<string, GovernanceErrorCode> = {
  ProposalCreationForbidden: 'GOV_PROPOSAL_FORBIDDEN',
  ProposalExecutionForbidden: 'GOV_EXECUTION_FORBIDDEN',
  VoteCastForbidden: 'GOV_VOTE_FORBIDDEN',
  NoVotingPower: 'GOV_NO_VOTING_POWER',
  DateOutOfBounds: 'GOV_DATE_OUT_OF_BOUNDS',
};

/** Turns what viem throws for a failed call into a typed error, under our own code where the vote has one. */
export function callError(cause: unknown, what: string, details: ChainErrorDetails = {}): Error {
  const error = chainError(cause, what, details);
  if (!isRevert(error)) return error;
  const { shortMessage, got, contractError = '', contractArgs, hint } = error;
  const code = revertCodes[contractError];
  return code ? governanceError(code, shortMessage, { got, contractError, contractArgs, hint, cause: error }) : error;
}
