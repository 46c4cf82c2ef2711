import { isAddressEqual } from 'viem';
import type { Address } from 'viem';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { getVotingPower } from './get-voting-power.ts';

export interface ListDelegatorsParameters {
  delegate: Address;
}

export interface Delegator {
  address: Address;
  /** Wei of votes that it lends now. */
  units: bigint;
}

/** The largest first; the delegate itself is among them when it votes with its own tokens. */
export type ListDelegatorsReturnType = Delegator[];

/** Who lends its votes to a delegate, from the chain alone. */
export async function listDelegators(
  covey: CoveyChain<'token' | 'startBlock'>,
  parameters: ListDelegatorsParameters,
): Promise<ListDelegatorsReturnType> {
  const { delegate } = parameters;
  const logs = await covey.events({
    address: covey.deployment.token,
    abi: coveyTokenAbi,
    eventName: 'DelegateChanged',
    args: { toDelegate: delegate },
  });
  // Who came may have gone since: the token says who is still there.
  const came = [...new Set(logs.map(({ args }) => args.delegator))];
  const now = await Promise.all(
    came.map(async (address) => ({ address, ...(await getVotingPower(covey, { address })) })),
  );
  return now
    .filter((holder) => holder.delegate !== undefined && isAddressEqual(holder.delegate, delegate))
    .map(({ address, units }) => ({ address, units }))
    .toSorted((a, b) => (b.units > a.units ? 1 : b.units < a.units ? -1 : 0));
}
