import { getAddress, slice } from 'viem';
import type { Address } from 'viem';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

/** ERC-1967: keccak256("eip1967.proxy.implementation") − 1. */
const implementationSlot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

/** Undefined for what is no such proxy. */
async function implementationOf(ledger: Ledger, proxy: Address): Promise<Address | undefined> {
  const word = await ledger.covey.publicClient.getStorageAt({
    address: proxy,
    slot: implementationSlot,
    ...ledger.at,
  });
  return word === undefined || BigInt(word) === 0n ? undefined : getAddress(slice(word, 12));
}

/** The code that a proxy runs. */
export const implementationOfProxy = (ledger: Ledger, proxy: Address, next: Address): Promise<Change> =>
  ledger.change({
    what: 'implementation',
    about: [{ name: 'proxy', value: proxy, label: ledger.labels(proxy) }],
    read: () => implementationOf(ledger, proxy),
    next: getAddress(next),
  });

export const implementationChange = (call: DecodedCall, ledger: Ledger): Promise<Change> =>
  implementationOfProxy(ledger, call.to, argumentsOf<{ newImplementation: Address }>(call).newImplementation);
