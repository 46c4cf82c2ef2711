import { coveyTokenAbi } from '@covey/contracts/abi';
import { erc20Abi, type Address } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import type { CoveyWriter } from '../chain/chain.ts';
import { ignoreActions, type OnAction } from '../events.ts';

/** Allows `spender` to take `amount` where it may not yet. */
export async function ensureAllowance(
  covey: CoveyWriter,
  spender: Address,
  amount: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<void> {
  let allowance: bigint;
  try {
    allowance = await covey.publicClient.readContract({
      address: covey.deployment.token,
      abi: erc20Abi,
      functionName: 'allowance',
      args: [covey.sender.address, spender],
    });
  } catch (cause) {
    throw chainError(cause, 'reading the allowance');
  }
  if (allowance >= amount) return;
  const sent = await covey.sender.send({
    address: covey.deployment.token,
    abi: [...erc20Abi, ...coveyTokenAbi],
    functionName: 'approve',
    args: [spender, amount],
  });
  onEvent({ event: 'approved', spender, amount, tx: sent.tx, gasUsed: sent.gasUsed });
}
