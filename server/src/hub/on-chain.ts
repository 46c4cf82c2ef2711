import { coveyTokenAbi, snapshotVotingAbi } from '@covey/contracts/abi';
import { BaseError, ContractFunctionExecutionError, HttpRequestError } from 'viem';
import type { Address, PublicClient } from 'viem';

/** Whether an address has any of the token, or any of its votes, now. */
export async function isHolder(client: PublicClient, token: Address, address: Address): Promise<boolean> {
  const contract = { address: token, abi: coveyTokenAbi } as const;
  const [balance, votes] = await Promise.all([
    client.readContract({ ...contract, functionName: 'balanceOf', args: [address] }),
    client.readContract({ ...contract, functionName: 'getVotes', args: [address] }),
  ]);
  return balance > 0n || votes > 0n;
}

/** The space that a SnapshotVoting plugin counts for; undefined when the address holds no such plugin. */
export async function pluginSpace(client: PublicClient, plugin: Address): Promise<string | undefined> {
  try {
    return await client.readContract({ address: plugin, abi: snapshotVotingAbi, functionName: 'space' });
  } catch (error) {
    const unreachable = error instanceof BaseError && error.walk((one) => one instanceof HttpRequestError) !== null;
    if (error instanceof ContractFunctionExecutionError && !unreachable) return undefined;
    throw error;
  }
}
