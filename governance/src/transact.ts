import type { ContractCall, Sender } from '@covey/client';
import type { Abi, ContractFunctionName, TransactionReceipt } from 'viem';
import { callError } from './call-error.ts';

/** Calls a contract and waits until it is mined; what the vote's contracts refuse has this package's codes. */
export async function transact<const abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>>(
  sender: Sender,
  call: ContractCall<abi, name> & { what: string },
): Promise<TransactionReceipt> {
  try {
    return (await sender.send(call)).receipt;
  } catch (error) {
    throw callError(error, call.what);
  }
}
