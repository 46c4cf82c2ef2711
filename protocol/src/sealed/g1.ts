import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from 'viem';
import { protocolError } from '../errors.ts';

// BLS12-381 G1, whose arithmetic a chain offers by EIP-2537.

export const G1 = bls12_381.G1.Point;
export type G1Point = InstanceType<typeof G1>;
/** The order of the group. */
export const ORDER = G1.Fn.ORDER;

/** Of a field element by EIP-2537: 16 zero bytes, then 48 of the element. */
const ELEMENT_BYTES = 64;

/** x and y by EIP-2537, 128 bytes. */
export function encodeG1(point: G1Point): Hex {
  const { x, y } = point.toAffine();
  const element = (value: bigint) => value.toString(16).padStart(2 * ELEMENT_BYTES, '0');
  return `0x${element(x)}${element(y)}`;
}

/** A point of the subgroup of prime order that is not infinity: what the contracts take. */
export function decodeG1(text: Hex): G1Point {
  if (!new RegExp(`^0x[0-9a-f]{${4 * ELEMENT_BYTES}}$`).test(text)) throw noPoint(text, '128 bytes in lower-case hex');
  const element = (from: number) => BigInt(`0x${text.slice(from, from + 2 * ELEMENT_BYTES)}`);
  const [x, y] = [element(2), element(2 + 2 * ELEMENT_BYTES)];
  if (x >= G1.Fp.ORDER || y >= G1.Fp.ORDER) throw noPoint(text, 'elements below the order of the field');
  if (x === 0n && y === 0n) throw noPoint(text, 'a point that is not infinity');
  let point: G1Point;
  try {
    point = G1.fromAffine({ x, y });
    // On the curve and in the subgroup.
    point.assertValidity();
  } catch {
    throw noPoint(text, 'a point of the subgroup of prime order');
  }
  return point;
}

function noPoint(got: string, expected: string) {
  return protocolError('PROTOCOL_INVALID_POINT', 'These bytes are no point of BLS12-381 G1 that Covey takes.', {
    expected,
    got: String(got).slice(0, 40),
  });
}

/** A scalar from 1 to the order − 1, of 48 bytes or more: then its distance from uniform is below 2^-128 (RFC 9380, 5.1). */
export function scalarOf(bytes: Uint8Array): bigint {
  if (bytes.length < 48) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'too few bytes for a scalar', { expected: 'at least 48' });
  }
  const scalar = BigInt(`0x${bytesToHex(bytes)}`) % ORDER;
  if (scalar === 0n) throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'bytes that give the scalar 0');
  return scalar;
}

export function requireScalar(scalar: bigint): bigint {
  if (scalar > 0n && scalar < ORDER) return scalar;
  // It may be a secret, so that it is no part of the message.
  throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'not a scalar', { expected: '1 to the order of the group − 1' });
}

export const bytesOf = (hex: Hex): Uint8Array => hexToBytes(hex.slice(2));
