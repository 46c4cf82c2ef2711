import type { Address } from 'viem';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';

export interface GetVotingPowerParameters {
  address: Address;
}

/** All in wei. */
export interface GetVotingPowerReturnType {
  /** What the address can vote with now: what was delegated to it, by itself or others. */
  votes: bigint;
  /** What it owns, liquid and staked: what its delegate votes with. */
  units: bigint;
  /** Who votes with its units; undefined when nobody does, and they do not count. */
  delegate: Address | undefined;
}

const nobody = '0x0000000000000000000000000000000000000000';

/** The voting power of an address now; for a past block see `votingPower`. */
export async function getVotingPower(
  covey: CoveyChain<'token'>,
  parameters: GetVotingPowerParameters,
): Promise<GetVotingPowerReturnType> {
  const { address } = parameters;
  const token = { address: covey.deployment.token, abi: coveyTokenAbi, args: [address] } as const;
  const [votes, units, delegate] = await Promise.all([
    covey.publicClient.readContract({ ...token, functionName: 'getVotes' }),
    covey.publicClient.readContract({ ...token, functionName: 'votingUnits' }),
    covey.publicClient.readContract({ ...token, functionName: 'delegates' }),
  ]);
  return { votes, units, delegate: delegate === nobody ? undefined : delegate };
}
