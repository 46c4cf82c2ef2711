import { encodeFunctionData } from 'viem';
import type { Address } from 'viem';
import { modelMarketAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';

/** Allows or refuses a token in which models are priced; the DAO's own always is one. It must arrive whole: no fee of transfers. */
export const setPaymentToken = (
  deployment: Pick<Deployment, 'modelMarket'>,
  { token, allowed }: { token: Address; allowed: boolean },
): Action => ({
  to: deployment.modelMarket,
  value: 0n,
  data: encodeFunctionData({ abi: modelMarketAbi, functionName: 'setPaymentToken', args: [token, allowed] }),
});
