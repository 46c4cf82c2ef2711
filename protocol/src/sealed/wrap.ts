import { encodeAbiParameters, keccak256, stringToHex, type Address, type Hex } from 'viem';
import { protocolError } from '../errors.ts';
import { G1, bytesOf, decodeG1, encodeG1, requireScalar } from './g1.ts';
import { CONTENT_KEY_BYTES, requireContentKey } from './format.ts';

/** Which order of which escrow a key is wrapped for: another one's is of no use. */
export interface OrderPlace {
  chainId: number;
  escrow: Address;
  orderId: bigint;
}

/** What a seller delivers. */
export interface WrappedKey {
  /** A point, as all here in 128 bytes by EIP-2537. */
  R: Hex;
  /** The content key under the mask of the point that buyer and seller share. */
  wrapped: Hex;
}

const WRAP_TAG = stringToHex('covey.wrap/1', { size: 32 });

/** b · G: what an order names. */
export function publicKeyOf(secret: bigint): Hex {
  return encodeG1(G1.BASE.multiply(requireScalar(secret)));
}

/** `r` is a scalar of its own for each delivery, of 48 random bytes (`scalarOf`). */
export function wrapKey(order: OrderPlace, publicKey: Hex, key: Uint8Array, r: bigint): WrappedKey {
  const shared = encodeG1(decodeG1(publicKey).multiply(requireScalar(r)));
  return { R: publicKeyOf(r), wrapped: masked(order, shared, requireContentKey(key)) };
}

/** What the buyer's secret makes of a delivery. Whether it is the key, its hash says (`requireKeyOf`). */
export function unwrapKey(order: OrderPlace, secret: bigint, { R, wrapped }: WrappedKey): Uint8Array {
  return unwrapByShared(order, encodeG1(decodeG1(R).multiply(requireScalar(secret))), wrapped);
}

/** The same by the shared point, as a dispute opens it. */
export function unwrapByShared(order: OrderPlace, shared: Hex, wrapped: Hex): Uint8Array {
  if (!/^0x[0-9a-f]{64}$/.test(wrapped)) {
    const expected = `${CONTENT_KEY_BYTES} bytes in lower-case hex`;
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'not a wrapped key', { expected });
  }
  return bytesOf(masked(order, shared, bytesOf(wrapped)));
}

/** key xor keccak256(abi.encode("covey.wrap/1", chainId, escrow, orderId, S)). */
function masked({ chainId, escrow, orderId }: OrderPlace, shared: Hex, bytes: Uint8Array): Hex {
  const mask = keccak256(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'address' }, { type: 'uint256' }, { type: 'bytes' }],
      [WRAP_TAG, BigInt(chainId), escrow, orderId, shared],
    ),
  );
  const value = BigInt(mask) ^ BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
  return `0x${value.toString(16).padStart(2 * CONTENT_KEY_BYTES, '0')}`;
}
