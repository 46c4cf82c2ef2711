import { erc20Abi } from 'viem';
import type { Address } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { useTransaction } from './use-transaction.ts';
import type { Call } from './use-transaction.ts';

/** Calls that take a token from the account, COVEY where none is named: where the contract may take too little, that is allowed to it first. */
export function useSpending({ deployment }: Pick<AppConfig, 'deployment'>) {
  const tx = useTransaction();

  async function spend(
    call: Call,
    amount: bigint,
    allowance: bigint,
    token: Address = deployment.token,
  ): Promise<boolean> {
    const { account } = call;
    const args = [call.address, amount];
    const approve = { address: token, abi: erc20Abi, functionName: 'approve', args, account };
    if (amount > allowance && !(await tx.send(approve))) return false;
    return await tx.send(call);
  }

  return { ...tx, spend };
}
