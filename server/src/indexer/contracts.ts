import type { ChainLog } from '@covey/client';
import { contractAbis, contractNames } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { decodeEventLog, getAddress } from 'viem';
import type { Abi, Address, Hex } from 'viem';

/** Nothing of ours follows from their events: the framework's, and the beacon's, whose values stand in the draws. */
const unindexed = ['pluginSetupProcessor', 'beacon'] as const;
/** Contracts whose events make up the index. */
export type IndexedContract = Exclude<ContractName, (typeof unindexed)[number]>;
export type AbiOf<C extends IndexedContract> = (typeof contractAbis)[C];
export const indexedContracts = contractNames.filter(
  (name): name is IndexedContract => !unindexed.some((other) => other === name),
);

/** An event as the handlers get it. */
export interface ChainEvent {
  contract: IndexedContract;
  /** Where it was emitted; the DAO can have several plugins of one kind. */
  address: Address;
  name: string;
  args: Record<string, unknown>;
  blockNumber: number;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

/**
 * Decodes the logs of a deployment, and those of anything else as a SnapshotVoting's: nothing else is asked for.
 * Undefined for events that the ABIs do not name.
 */
export function logDecoder(deployment: Deployment) {
  const byAddress = new Map(indexedContracts.map((name) => [deployment[name]?.toLowerCase(), name]));
  return (log: ChainLog): ChainEvent | undefined => {
    const contract = byAddress.get(log.address.toLowerCase()) ?? 'snapshotVoting';
    const { blockNumber, blockHash, transactionHash, logIndex } = log;
    try {
      const abi: Abi = contractAbis[contract];
      const decoded = decodeEventLog({ abi, topics: log.topics as [Hex, ...Hex[]], data: log.data });
      if (decoded.eventName === undefined) return undefined;
      return {
        contract,
        address: getAddress(log.address),
        name: decoded.eventName,
        args: (decoded.args ?? {}) as Record<string, unknown>,
        blockNumber: Number(blockNumber),
        blockHash,
        transactionHash,
        logIndex,
      };
    } catch {
      return undefined;
    }
  };
}
