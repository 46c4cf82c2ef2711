import type { CoveyError } from '@covey/errors';
import type { Address, Hex, TransactionReceipt } from 'viem';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { transact } from '../transact.ts';
import type { CoveyWriter } from '@covey/client';

export interface DelegateVotesParameters {
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
  covey: CoveyWriter<'token'>,
  parameters: DelegateVotesParameters = {},
): Promise<DelegateVotesReturnType> {
  const { delegatee = covey.sender.address } = parameters;
  const receipt = await transact(covey.sender, {
    address: covey.deployment.token,
    abi: coveyTokenAbi,
    functionName: 'delegate',
    args: [delegatee],
    what: 'Delegating the votes',
  });
  return { hash: receipt.transactionHash, receipt };
}
