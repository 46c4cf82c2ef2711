import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bytesToHex, hexToBytes, numberToBytes, sha256 } from 'viem';
import type { Hex } from 'viem';

const { shortSignatures, G1, G2 } = bls12_381;
/** The domain separation tag of drand's scheme bls-unchained-g1-rfc9380. */
const dst = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

/** A drand network of one member, who knows every round beforehand: for demo and tests. */
export interface LocalNetwork {
  /** On G2, as the constructor of `DrandBeacon` takes it: 256 bytes. */
  publicKey: Hex;
  /** A round's signature as drand publishes it: 48 bytes. */
  sign(round: bigint): Hex;
}

export function localNetwork(secretKey: Hex): LocalNetwork {
  const secret = hexToBytes(secretKey);
  return {
    publicKey: encodeKey(shortSignatures.getPublicKey(secret).toHex()),
    sign: (round) => bytesToHex(shortSignatures.sign(messageOf(round), secret).toBytes()),
  };
}

/** Whether a public library takes a compressed signature for the one of this round by this compressed key. */
export function verifies(signature: Hex, round: bigint, publicKey: Hex): boolean {
  const point = G1.Point.fromHex(signature.slice(2));
  return shortSignatures.verify(point, messageOf(round), G2.Point.fromHex(publicKey.slice(2)));
}

/** A key as drand publishes it (96 bytes) as EIP-2537 has it: x.c0, x.c1, y.c0, y.c1. */
export function encodeKey(compressed: string): Hex {
  const { x, y } = G2.Point.fromHex(compressed.replace(/^0x/, '')).toAffine();
  return `0x${[x.c0, x.c1, y.c0, y.c1].map((c) => c.toString(16).padStart(128, '0')).join('')}`;
}

const messageOf = (round: bigint) => shortSignatures.hash(sha256(numberToBytes(round, { size: 8 }), 'bytes'), dst);
