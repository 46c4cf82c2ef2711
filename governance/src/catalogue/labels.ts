import type { Address } from 'viem';
import { contractAt } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';

/** What an address is known as; undefined when nobody knows it. */
export type Labels = (address: Address) => string | undefined;

/** In a permission: whoever, or wherever. */
export const anyAddress: Address = '0xffffffffffffffffffffffffffffffffffffffff';

/** Contracts of the deployment first: a name that somebody gives cannot hide one of them. */
export const labelsOf =
  (deployment: Deployment, given: Readonly<Record<Address, string>> = {}): Labels =>
  (address) => {
    const own = contractAt(deployment, address);
    if (own) return own;
    if (address.toLowerCase() === anyAddress) return 'any';
    return Object.entries(given).find(([known]) => known.toLowerCase() === address.toLowerCase())?.[1];
  };
