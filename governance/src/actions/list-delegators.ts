import { getAbiItem, isAddressEqual } from 'viem';
import type { Address } from 'viem';
import { getLogs } from 'viem/actions';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '@covey/client';
import { getVotingPower } from './get-voting-power.ts';

export interface ListDelegatorsParameters {
  deployment: Pick<Deployment, 'token' | 'startBlock'>;
  delegate: Address;
}

export interface Delegator {
  address: Address;
  /** Wei of votes that it lends now. */
  units: bigint;
}

/** The largest first; the delegate itself is among them when it votes with its own tokens. */
export type ListDelegatorsReturnType = Delegator[];

const delegateChanged = getAbiItem({ abi: coveyTokenAbi, name: 'DelegateChanged' });

/** Who lends its votes to a delegate, from the chain alone. */
export async function listDelegators(
  client: ReadClient,
  parameters: ListDelegatorsParameters,
): Promise<ListDelegatorsReturnType> {
  const { deployment, delegate } = parameters;
  const logs = await getLogs(client, {
    address: deployment.token,
    event: delegateChanged,
    args: { toDelegate: delegate },
    fromBlock: BigInt(deployment.startBlock),
    toBlock: 'latest',
    strict: true,
  });
  // Who came may have gone since: the token says who is still there.
  const came = [...new Set(logs.map(({ args }) => args.delegator))];
  const now = await Promise.all(
    came.map(async (address) => ({ address, ...(await getVotingPower(client, { deployment, address })) })),
  );
  return now
    .filter((holder) => holder.delegate !== undefined && isAddressEqual(holder.delegate, delegate))
    .map(({ address, units }) => ({ address, units }))
    .toSorted((a, b) => (b.units > a.units ? 1 : b.units < a.units ? -1 : 0));
}
