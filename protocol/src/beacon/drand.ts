import { bytesToHex, hexToBytes, sha256 } from 'viem';
import type { Hex } from 'viem';
import { protocolError } from '../errors.ts';

/** A drand network, as `DrandBeacon.sol` is deployed for it. Seconds; `genesis` is when round 1 is out. */
export interface DrandSchedule {
  genesis: bigint;
  period: bigint;
}

/** The first round at or after `moment` (unix seconds: a window's end and the beacon's delay). */
export function drandRoundAt(moment: bigint, { genesis, period }: DrandSchedule): bigint {
  return moment <= genesis ? 1n : 1n + (moment - genesis + period - 1n) / period;
}

/** What drand publishes as a round's randomness: SHA-256 of the compressed signature, 48 bytes. */
export function drandRandomness(signature: Hex): Hex {
  return sha256(signature);
}

/** Order p of BLS12-381's base field. */
const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const flags = { compressed: 0x80, infinity: 0x40, greater: 0x20 } as const;

/**
 * A drand signature (48 bytes: x with three flags, ZCash's convention) as the contract takes it: x and y in 64 bytes each,
 * big-endian (EIP-2537). Throws PROTOCOL_INVALID_ARGUMENT where the bytes are no point of the curve or not its one
 * encoding. Whether the point is the round's signature is for the contract to say.
 */
export function decompressSignature(signature: Hex): Hex {
  const bytes = hexToBytes(signature);
  const first = bytes[0] ?? 0;
  if (bytes.length !== 48 || !(first & flags.compressed) || first & flags.infinity) throw invalid(signature);
  const x = BigInt(bytesToHex(Uint8Array.of(first & 0x1f, ...bytes.subarray(1))));
  const square = (x ** 3n + 4n) % p;
  // p = 3 mod 4, so a square to the power of (p + 1) / 4 is its root.
  const root = power(square, (p + 1n) / 4n);
  if (x >= p || (root * root) % p !== square) throw invalid(signature);
  const greater = root > (p - 1n) / 2n;
  const y = greater === ((first & flags.greater) !== 0) ? root : p - root;
  return `0x${element(x)}${element(y)}`;
}

const element = (value: bigint): string => value.toString(16).padStart(128, '0');

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

function invalid(signature: Hex): Error {
  return protocolError('PROTOCOL_INVALID_ARGUMENT', 'not a drand signature', {
    expected: 'a point on G1 of BLS12-381, compressed to 48 bytes',
    got: signature,
  });
}
