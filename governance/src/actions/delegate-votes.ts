import type { CoveyError } from '@covey/errors';
import type { Address, Hex, TransactionReceipt } from 'viem';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { transact } from '../transact.ts';
import type { WriteClient } from '@covey/client';

export interface DelegateVotesParameters {
  deployment: Pick<Deployment, 'token'>;
  /** Who votes with the account's tokens; default: the account itself. */
  delegatee?: Address;
}

export interface DelegateVotesReturnType {
  hash: Hex;
  receipt: TransactionReceipt;
}

export type DelegateVotesErrorType = CoveyError;

/** Lets tokens count, liquid and staked ones alike: until their holder delegates, to itself or another, none do. */
export async function delegateVotes(
  client: WriteClient,
  parameters: DelegateVotesParameters,
): Promise<DelegateVotesReturnType> {
  const { deployment, delegatee = client.account.address } = parameters;
  const receipt = await transact(client, {
    address: deployment.token,
    abi: coveyTokenAbi,
    functionName: 'delegate',
    args: [delegatee],
    what: 'Delegating the votes',
  });
  return { hash: receipt.transactionHash, receipt };
}
