import type { Deployment } from '@covey/contracts/abi';
import { createHash, createHmac } from 'node:crypto';
import { encodePacked, hexToBytes, type Address } from 'viem';

/** How a training node makes its updates differentially private. */
export interface PrivacyOptions {
  /** L2 norm that an update is clipped to. */
  clip: number;
  /** Standard deviation of the noise over `clip`. */
  noise: number;
  /** 32 bytes that all noise of the node is derived from (`nodeSecret`). Who knows them can take the noise away. */
  secret: Uint8Array;
}

/** δ at which ε is reported unless a budget says otherwise. */
export const DELTA = 1e-5;

/** A round of a task, and whose release is meant. A round has one of a node, however often its scoring is repeated. */
export interface ReleaseAt {
  deployment: Pick<Deployment, 'chainId' | 'roundManager'>;
  node: Address;
  taskId: bigint;
  round: number;
}

/** HMAC-SHA-256 of the secret over chain, contract, node, task and round. */
export function roundKey(secret: Uint8Array, { deployment, node, taskId, round }: ReleaseAt): Uint8Array {
  const packed = encodePacked(
    ['string', 'uint256', 'address', 'address', 'uint256', 'uint32'],
    ['covey noise/1', BigInt(deployment.chainId), deployment.roundManager, node, taskId, round],
  );
  return hmac(secret, hexToBytes(packed));
}

/**
 * The key of the noise of one release: of its round, and of the update itself as it was before. The same update gets the
 * same noise after a restart, since a second draw would let both be averaged. Another update, from another base, data or
 * seed, or with another clip or noise, gets noise of its own: the same noise twice would cancel in the difference.
 */
export function noiseKey(
  key: Uint8Array,
  { values, clip, noise }: { values: Float32Array; clip: number; noise: number },
): Uint8Array {
  const update = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const settings = new Uint8Array(Float64Array.of(clip, noise).buffer);
  return hmac(key, Buffer.concat([settings, createHash('sha256').update(update).digest()]));
}

/**
 * ‖clipped update‖ over the expected norm of its noise, σ√d: 1 where both are equally long. The norm is at most the clip,
 * so it is never above 1 / (noise · √d).
 */
export function signalToNoise(values: Float32Array, { clip, noise }: { clip: number; noise: number }): number {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return Math.min(norm, clip) / (noise * clip * Math.sqrt(values.length));
}

function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(message).digest());
}
