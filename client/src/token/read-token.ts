import { erc20Abi, type Address } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import type { CoveyChain } from '../chain/chain.ts';

/** COVEY in an account itself, in wei: not what it has staked or locked. */
export async function readBalance(covey: CoveyChain<'token'>, owner: Address): Promise<bigint> {
  const token = { address: covey.deployment.token, abi: erc20Abi } as const;
  try {
    return await covey.publicClient.readContract({ ...token, functionName: 'balanceOf', args: [owner] });
  } catch (cause) {
    throw chainError(cause, `reading the balance of ${owner}`);
  }
}

/** Wei of COVEY that `spender` may take from `owner`. */
export async function readAllowance(covey: CoveyChain<'token'>, owner: Address, spender: Address): Promise<bigint> {
  const token = { address: covey.deployment.token, abi: erc20Abi } as const;
  try {
    return await covey.publicClient.readContract({ ...token, functionName: 'allowance', args: [owner, spender] });
  } catch (cause) {
    throw chainError(cause, `reading what ${spender} may take from ${owner}`);
  }
}
