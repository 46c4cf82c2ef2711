import { randomBytes } from 'node:crypto';
import { privacySpent } from '@covey/wasm-core';
import { encodePacked, hexToBytes, keccak256, type Address, type Hex } from 'viem';

/** How a training node makes its updates differentially private. */
export interface PrivacyOptions {
  /** L2 norm that an update is clipped to. */
  clip: number;
  /** Standard deviation of the noise over `clip`. */
  noise: number;
  /**
   * 32 secret bytes that every round's noise is derived from, for runs that must be repeatable. Who knows them can take
   * the noise away. Unless given, each round draws its own from the system's generator and forgets it.
   */
  seed?: Hex;
}

/** δ at which ε is reported. */
export const DELTA = 1e-5;

/** The key of one round's noise: never the same for two arrays. */
export function noiseKey({ seed }: PrivacyOptions, node: Address, taskId: bigint, round: number): Uint8Array {
  if (seed === undefined) return randomBytes(32);
  const packed = encodePacked(['bytes', 'address', 'uint256', 'uint32'], [seed, node, taskId, round]);
  return hexToBytes(keccak256(packed));
}

/**
 * ε after the releases of rounds 0 to `round`: what anybody learns from this node's updates about whether it took part
 * with its data at all (every update as a whole is the record; nothing is sampled).
 */
export function epsilonAfter({ noise }: PrivacyOptions, round: number): number {
  return privacySpent({ noise, steps: round + 1, delta: DELTA }).epsilon;
}
