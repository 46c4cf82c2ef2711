import type { Address, Hex } from 'viem';
import { blockHashBeaconAbi, drandBeaconAbi } from '@covey/contracts/abi';
import { blockHashBeaconBytecode } from '@covey/contracts/abi/bytecode/block-hash-beacon';
import { drandBeaconBytecode } from '@covey/contracts/abi/bytecode/drand-beacon';
import { quicknetConstants } from '@covey/contracts/abi/constants';
import type { BeaconKind } from '@covey/contracts/abi/deployment';
import type { WriteClient } from '@covey/client';
import { create } from './create.ts';

/** A drand network, verified on chain by the precompiles of EIP-2537. */
export interface DrandBeaconParameters {
  kind: 'drand';
  /** On G2 as EIP-2537 has it, 256 bytes. */
  publicKey: Hex;
  /** Unix seconds of round 1. */
  genesis: bigint;
  /** Seconds from one round to the next. */
  period: bigint;
  /** Seconds after a window of which the first round counts: at least the most that this chain's clock lags behind. */
  delay: bigint;
}

/** The hash of one later block, for chains without those precompiles: who builds the block can discard it. */
export interface BlockHashBeaconParameters {
  kind: 'block-hash';
  /** Blocks from the one in which a source is fixed to the source. */
  distance: bigint;
}

export type BeaconParameters = DrandBeaconParameters | BlockHashBeaconParameters;

/** drand's network quicknet, with a delay of a minute. */
export const quicknet: DrandBeaconParameters = {
  kind: 'drand',
  publicKey: quicknetConstants.PUBLIC_KEY,
  genesis: quicknetConstants.GENESIS,
  period: quicknetConstants.PERIOD,
  delay: 60n,
};

export function createBeacon(client: WriteClient, p: BeaconParameters): Promise<Address> {
  const kinds = {
    drand: () => {
      const { publicKey, genesis, period, delay } = p as DrandBeaconParameters;
      const args = [publicKey, genesis, period, delay] as const;
      return create(client, { abi: drandBeaconAbi, bytecode: drandBeaconBytecode, args, what: 'DrandBeacon' });
    },
    'block-hash': () => {
      const args = [(p as BlockHashBeaconParameters).distance] as const;
      return create(client, {
        abi: blockHashBeaconAbi,
        bytecode: blockHashBeaconBytecode,
        args,
        what: 'BlockHashBeacon',
      });
    },
  } satisfies Record<BeaconKind, () => Promise<Address>>;
  return kinds[p.kind]();
}
