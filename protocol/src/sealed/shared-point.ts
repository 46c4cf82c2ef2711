import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { encodeAbiParameters, keccak256, numberToHex, stringToHex, type Hex } from 'viem';
import { protocolError } from '../errors.ts';
import { G1, ORDER, bytesOf, decodeG1, encodeG1, requireScalar, scalarOf } from './g1.ts';
import { contentKeyHash } from './open.ts';
import { publicKeyOf, unwrapByShared, type OrderPlace, type WrappedKey } from './wrap.ts';

/**
 * S = b · R, and the proof that its factor is the one between G and the buyer's public key: Chaum and Pedersen, "Wallet
 * Databases with Observers" (CRYPTO 1992), 3.2, made non-interactive by Fiat and Shamir. It shows nothing else of b.
 */
export interface SharedPoint {
  S: Hex;
  /** Challenge and response, below the order of the group. */
  c: bigint;
  z: bigint;
}

const DLEQ_TAG = stringToHex('covey.dleq/1', { size: 32 });

export function proveShared(order: OrderPlace, secret: bigint, R: Hex): SharedPoint {
  const given = decodeG1(R);
  const P = publicKeyOf(secret);
  const S = encodeG1(given.multiply(secret));
  // Of the secret and everything that is proven, so that no randomness can fail (as RFC 6979 has it for signatures).
  const ikm = bytesOf(numberToHex(secret, { size: 32 }));
  const w = scalarOf(hkdf(sha256, ikm, utf8ToBytes('covey.dleq-nonce/1'), challengeInput(order, [P, R, S]), 48));
  const c = challenge(order, [P, R, S, encodeG1(G1.BASE.multiply(w)), encodeG1(given.multiply(w))]);
  return { S, c, z: (w + c * secret) % ORDER };
}

/** A1 = z·G − c·P, A2 = z·R − c·S, and c is their hash: what the escrow computes. */
export function verifyShared(order: OrderPlace, publicKey: Hex, R: Hex, { S, c, z }: SharedPoint): boolean {
  if (c <= 0n || z <= 0n || c >= ORDER || z >= ORDER) return false;
  const [P, given, shared] = [publicKey, R, S].map(decodeG1) as [
    ReturnType<typeof decodeG1>,
    ReturnType<typeof decodeG1>,
    ReturnType<typeof decodeG1>,
  ];
  const A1 = G1.BASE.multiply(z).subtract(P.multiply(c));
  const A2 = given.multiply(z).subtract(shared.multiply(c));
  // Infinity would need w = 0.
  if (A1.is0() || A2.is0()) return false;
  return challenge(order, [publicKey, R, S, encodeG1(A1), encodeG1(A2)]) === c;
}

/** What `disputeKey` takes, where a delivery does not unwrap to the key that was sold. */
export function keyEvidence(order: OrderPlace, secret: bigint, delivery: WrappedKey, keyHash: Hex): SharedPoint {
  requireScalar(secret);
  const evidence = proveShared(order, secret, delivery.R);
  if (contentKeyHash(unwrapByShared(order, evidence.S, delivery.wrapped)) === keyHash) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'The key that was delivered is the one that was sold.', {
      hint: 'There is nothing to dispute: the escrow would refuse it.',
    });
  }
  return evidence;
}

function challengeInput({ chainId, escrow, orderId }: OrderPlace, points: readonly Hex[]): Uint8Array {
  return bytesOf(
    encodeAbiParameters(
      [
        { type: 'bytes32' },
        { type: 'uint256' },
        { type: 'address' },
        { type: 'uint256' },
        ...points.map(() => ({ type: 'bytes' }) as const),
      ],
      [DLEQ_TAG, BigInt(chainId), escrow, orderId, ...points],
    ),
  );
}

/** keccak256(abi.encode("covey.dleq/1", chainId, escrow, orderId, P, R, S, A1, A2)) mod the order. */
function challenge(order: OrderPlace, points: readonly Hex[]): bigint {
  return BigInt(keccak256(challengeInput(order, points))) % ORDER;
}
