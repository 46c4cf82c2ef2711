import { getAddress, hexToString, sliceHex } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { implementationSlot } from '../deploy/audit-contracts.ts';
import { unitOfValue } from '../values/registry.ts';
import { toJson } from './json.ts';
import type { ReadLog } from './logs.ts';
import type { StateChange } from './report.ts';

/** What no view tells: new code behind a proxy, and the DAO's metadata. The new value is that of the last event. */
export async function upgradeChanges(
  covey: CoveyChain,
  logs: readonly ReadLog[],
  blockNumber: bigint,
): Promise<StateChange[]> {
  const changes = new Map<string, StateChange>();
  for (const { shown, args } of logs) {
    if (!shown.contract || !args) continue;
    const change = { contract: shown.contract, address: shown.address, subject: {} };
    if (shown.event === 'Upgraded') {
      const before = await implementationOf(covey, shown.address, blockNumber);
      const after = getAddress(args['implementation'] as Address);
      changes.set(`${shown.address} implementation`, {
        ...change,
        what: 'implementation',
        unit: unitOfValue('implementation'),
        before,
        after,
        dangerous: true,
      });
    }
    if (shown.contract === 'dao' && shown.event === 'MetadataSet') {
      const before = await metadataBefore(covey, blockNumber);
      const after = toJson(hexToString(args['metadata'] as Hex));
      changes.set('metadata', { ...change, what: 'dao.metadata', unit: unitOfValue('dao.metadata'), before, after });
    }
  }
  return [...changes.values()];
}

async function implementationOf(
  { publicClient }: CoveyChain,
  address: Address,
  blockNumber: bigint,
): Promise<Address | null> {
  const word = await publicClient.getStorageAt({ address, slot: implementationSlot, blockNumber });
  return word === undefined ? null : getAddress(sliceHex(word, 12));
}

/** Null where the node has no logs that old. */
async function metadataBefore(covey: CoveyChain, toBlock: bigint) {
  try {
    const { dao } = covey.deployment;
    const logs = await covey.events({ address: dao, abi: daoAbi, eventName: 'MetadataSet', toBlock });
    const last = logs.at(-1)?.args.metadata;
    return last === undefined ? null : toJson(hexToString(last));
  } catch {
    return null;
  }
}
