import { encodeFunctionData } from 'viem';
import type { Address } from 'viem';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { custodianKinds } from '@covey/contracts/abi/enums';
import type { Action } from './action.ts';

/**
 * Lets a contract keep tokens whose owners go on voting (and as an escrow add a bonus), or ends that with `none`: what
 * it still holds can then only go back.
 */
export const setCustodian = (
  deployment: Pick<Deployment, 'token'>,
  { custodian, kind }: { custodian: Address; kind: (typeof custodianKinds)[number] },
): Action => ({
  to: deployment.token,
  value: 0n,
  data: encodeFunctionData({
    abi: coveyTokenAbi,
    functionName: 'setCustodian',
    args: [custodian, custodianKinds.indexOf(kind)],
  }),
});
