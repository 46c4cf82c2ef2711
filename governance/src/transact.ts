import { Sender, type ContractCall, type WriteClient } from '@covey/client';
import type { Abi, ContractFunctionName, TransactionReceipt } from 'viem';
import { callError } from './call-error.ts';

/** Calls a contract and waits until it is mined; what the vote's contracts refuse has this package's codes. */
export async function transact<const abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>>(
  client: WriteClient,
  call: ContractCall<abi, name> & { what: string },
): Promise<TransactionReceipt> {
  try {
    return (await new Sender({ wallet: client }).send(call)).receipt;
  } catch (error) {
    throw callError(error, call.what);
  }
}
