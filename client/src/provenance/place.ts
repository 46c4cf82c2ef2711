import type { ProvenancePlace } from '@covey/protocol';
import type { Hex } from 'viem';

/** What every log says of where it stands. */
interface Placed {
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

/** Where a log stands, as documents name it. */
export const placeOf = ({ blockNumber, blockHash, transactionHash, logIndex }: Placed): ProvenancePlace => ({
  block: Number(blockNumber),
  blockHash,
  transaction: transactionHash,
  log: logIndex,
});

/** Negative where `a` comes first on the chain. */
export const inPlace = (a: ProvenancePlace, b: ProvenancePlace): number => a.block - b.block || a.log - b.log;
