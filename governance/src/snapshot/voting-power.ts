import type { Address } from 'viem';
import { readContract } from 'viem/actions';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { chainError } from '@covey/client';
import type { ReadClient } from '@covey/client';

export interface VotingPowerParameters {
  publicClient: ReadClient;
  token: Address;
  address: Address;
  /** A mined block before the latest one: only what is past cannot change any more. */
  block: bigint | number;
}

/**
 * Snapshot's strategy `erc20-votes`, in wei: what the address could vote with (own or delegated, liquid or staked) at
 * the end of the block. Read from the token's checkpoints, so that no archive node is needed.
 */
export async function votingPower({ publicClient, token, address, block }: VotingPowerParameters): Promise<bigint> {
  try {
    return await readContract(publicClient, {
      address: token,
      abi: coveyTokenAbi,
      functionName: 'getPastVotes',
      args: [address, BigInt(block)],
    });
  } catch (error) {
    throw chainError(error, `Reading the voting power of ${address} at block ${block}`, { abi: coveyTokenAbi });
  }
}
