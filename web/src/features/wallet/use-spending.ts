import { coveyTokenAbi } from '@covey/contracts/abi';
import type { AppConfig } from '../../api/endpoints.ts';
import { useTransaction } from './use-transaction.ts';
import type { Call } from './use-transaction.ts';

/** Calls that take COVEY from the account: where the contract may take too little, that is allowed to it first. */
export function useSpending({ deployment }: Pick<AppConfig, 'deployment'>) {
  const tx = useTransaction();

  async function spend(call: Call, amount: bigint, allowance: bigint): Promise<boolean> {
    const { account } = call;
    const args = [call.address, amount];
    const approve = { address: deployment.token, abi: coveyTokenAbi, functionName: 'approve', args, account };
    if (amount > allowance && !(await tx.send(approve))) return false;
    return await tx.send(call);
  }

  return { ...tx, spend };
}
