import type { CoveyError } from '@covey/errors';
import type { Address, Hex } from 'viem';
import type { CoveyWriter } from '@covey/client';
import { governanceError } from '../errors.ts';
import { delegateVotes } from './delegate-votes.ts';
import { getVotingPower } from './get-voting-power.ts';

export interface JoinDaoParameters {
  /** Who votes with the account's tokens; default: whoever does already, else the account itself. */
  delegatee?: Address;
}

export interface JoinDaoReturnType {
  /** Who votes with the account's tokens now. */
  delegate: Address;
  /** Wei of votes that the account's tokens are. */
  units: bigint;
  /** Undefined when nothing had to change. */
  hash: Hex | undefined;
}

export type JoinDaoErrorType = CoveyError;

/** Makes an account's tokens count. Holding is not enough: who never delegated, to itself or another, has no votes. */
export async function joinDao(
  covey: CoveyWriter<'token'>,
  parameters: JoinDaoParameters = {},
): Promise<JoinDaoReturnType> {
  const { address } = covey.sender;
  const { units, delegate: now } = await getVotingPower(covey, { address });
  if (units === 0n) {
    throw governanceError('GOV_NO_VOTING_POWER', 'The account holds nothing that votes.', {
      expected: 'Covey tokens: liquid, staked or locked',
      got: address,
    });
  }
  const delegatee = parameters.delegatee ?? now ?? address;
  if (now?.toLowerCase() === delegatee.toLowerCase()) return { delegate: delegatee, units, hash: undefined };
  const { hash } = await delegateVotes(covey, { delegatee });
  return { delegate: delegatee, units, hash };
}
