import { getAddress, hexToString, keccak256, numberToHex, sliceHex, stringToHex } from 'viem';
import type { Address, Hex } from 'viem';
import { getLogs, getStorageAt } from 'viem/actions';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '@covey/client';
import { unitOfValue } from '../values/registry.ts';
import { toJson } from './json.ts';
import type { ReadLog } from './logs.ts';
import type { StateChange } from './report.ts';

/** Where a proxy keeps the address of its code (ERC-1967). No view tells it. */
const implementationSlot = numberToHex(BigInt(keccak256(stringToHex('eip1967.proxy.implementation'))) - 1n, {
  size: 32,
});

const metadataSet = daoAbi.filter((item) => item.type === 'event' && item.name === 'MetadataSet')[0];

/** What no view tells: new code behind a proxy, and the DAO's metadata. The new value is that of the last event. */
export async function upgradeChanges(
  client: ReadClient,
  logs: readonly ReadLog[],
  deployment: Deployment,
  blockNumber: bigint,
): Promise<StateChange[]> {
  const changes = new Map<string, StateChange>();
  for (const { shown, args } of logs) {
    if (!shown.contract || !args) continue;
    const change = { contract: shown.contract, address: shown.address, subject: {} };
    if (shown.event === 'Upgraded') {
      const before = await implementationOf(client, shown.address, blockNumber);
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
      const before = await metadataBefore(client, deployment, blockNumber);
      const after = toJson(hexToString(args['metadata'] as Hex));
      changes.set('metadata', { ...change, what: 'dao.metadata', unit: unitOfValue('dao.metadata'), before, after });
    }
  }
  return [...changes.values()];
}

async function implementationOf(client: ReadClient, address: Address, blockNumber: bigint): Promise<Address | null> {
  const word = await getStorageAt(client, { address, slot: implementationSlot, blockNumber });
  return word === undefined ? null : getAddress(sliceHex(word, 12));
}

/** Null where the node has no logs that old. */
async function metadataBefore(client: ReadClient, { dao, startBlock }: Deployment, toBlock: bigint) {
  try {
    const logs = await getLogs(client, {
      address: dao,
      event: metadataSet as never,
      fromBlock: BigInt(startBlock),
      toBlock,
    });
    const last = (logs.at(-1) as { args?: { metadata?: Hex } } | undefined)?.args?.metadata;
    return last === undefined ? null : toJson(hexToString(last));
  } catch {
    return null;
  }
}
