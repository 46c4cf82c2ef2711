import { hexToString } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import { implementationChange } from './implementation.ts';
import type { Ledger } from './ledger.ts';

/** The DAO keeps its description in events alone. */
async function lastMetadata(ledger: Ledger): Promise<string | null> {
  const logs = await ledger.covey.events({
    address: ledger.deployment.dao,
    abi: daoAbi,
    eventName: 'MetadataSet',
    ...ledger.until,
  });
  const last = logs.at(-1);
  return last ? hexToString(last.args.metadata) : null;
}

export async function daoChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { dao } = ledger.deployment;
  switch (call.function) {
    case 'setMetadata': {
      const next = hexToString(argumentsOf<{ _metadata: Hex }>(call)._metadata);
      return [await ledger.change({ what: 'dao.metadata', about: [], read: () => lastMetadata(ledger), next })];
    }
    case 'setDaoURI': {
      const next = argumentsOf<{ newDaoURI: string }>(call).newDaoURI;
      const read = () => ledger.value('dao.uri');
      return [await ledger.change({ what: 'dao.uri', about: [], read, next })];
    }
    case 'setTrustedForwarder': {
      const next = argumentsOf<{ _newTrustedForwarder: Address }>(call)._newTrustedForwarder;
      const read = () => ledger.value('dao.forwarder');
      return [await ledger.change({ what: 'dao.forwarder', about: [], read, next })];
    }
    case 'registerStandardCallback': {
      const { _interfaceId } = argumentsOf<{ _interfaceId: Hex }>(call);
      const read = () => ledger.read(dao, daoAbi, 'supportsInterface', [_interfaceId]);
      const about = [{ name: 'interfaceId', value: _interfaceId }];
      return [await ledger.change({ what: 'dao.callback', about, read, next: true })];
    }
    case 'upgradeTo':
    case 'upgradeToAndCall':
      return [await implementationChange(call, ledger)];
    default:
      return [];
  }
}
