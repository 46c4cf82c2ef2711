import { erc20Abi, isAddressEqual, type Address } from 'viem';
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

export interface TokenUnit {
  token: Address;
  /** As the token says, cut to what a line can take: a text of others. */
  symbol: string;
  decimals: number;
}

/** What amounts of a token are written in. */
export async function readTokenUnit(covey: CoveyChain<'token'>, token: Address): Promise<TokenUnit> {
  if (isAddressEqual(token, covey.deployment.token)) return { token, symbol: 'COVEY', decimals: 18 };
  const contract = { address: token, abi: erc20Abi } as const;
  try {
    const [symbol, decimals] = await Promise.all([
      covey.publicClient.readContract({ ...contract, functionName: 'symbol' }),
      covey.publicClient.readContract({ ...contract, functionName: 'decimals' }),
    ]);
    // One that calls itself COVEY is not.
    return { token, symbol: symbol === 'COVEY' ? token : symbol.slice(0, 16), decimals };
  } catch (cause) {
    throw chainError(cause, `reading what the token ${token} is counted in`);
  }
}
