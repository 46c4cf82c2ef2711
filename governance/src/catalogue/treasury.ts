import { encodeFunctionData } from 'viem';
import type { Address } from 'viem';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';

/** Pays Covey tokens that the DAO holds; amount in wei. */
export const transferTokens = (
  deployment: Pick<Deployment, 'token'>,
  payment: { to: Address; amount: bigint },
): Action => ({
  to: deployment.token,
  value: 0n,
  data: encodeFunctionData({ abi: coveyTokenAbi, functionName: 'transfer', args: [payment.to, payment.amount] }),
});

/** Pays the chain's own coin that the DAO holds; amount in wei. */
export const transferCoins = (payment: { to: Address; amount: bigint }): Action => ({
  to: payment.to,
  value: payment.amount,
  data: '0x',
});
