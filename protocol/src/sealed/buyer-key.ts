import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { encodePacked, numberToHex, type Address, type Hex } from 'viem';
import { protocolError } from '../errors.ts';
import { bytesOf, scalarOf } from './g1.ts';

/** Whose keys, at which escrow. */
export interface BuyerPlace {
  chainId: number;
  escrow: Address;
  account: Address;
}

/**
 * EIP-712: what a wallet signs so that its keys for sealed models follow from it. The signature is as secret as the keys:
 * it is never sent anywhere.
 */
export function buyerKeyMessage({ chainId, escrow, account }: BuyerPlace) {
  return {
    domain: { name: 'Covey', version: '1', chainId, verifyingContract: escrow },
    types: {
      BuyerKey: [
        { name: 'purpose', type: 'string' },
        { name: 'account', type: 'address' },
      ],
    },
    primaryType: 'BuyerKey',
    message: { purpose: 'Make my keys for models that I buy. Sign this nowhere else.', account },
  } as const;
}

/**
 * The buyer's secret for one order: HKDF-SHA256 (RFC 5869) over the signature's r and low s.
 *
 * Each order has its own (`attempt` counts an account's orders of a listing). A dispute shows S = b · R, and with one b for
 * all a seller could deliver a wrong key under the R of somebody else's delivery, and read that one's key in the dispute.
 */
export function buyerSecret(place: BuyerPlace, signature: Hex, listingId: bigint, attempt = 0): bigint {
  const info = encodePacked(
    ['uint256', 'address', 'address', 'uint256', 'uint32'],
    [BigInt(place.chainId), place.escrow, place.account, listingId, attempt],
  );
  return scalarOf(hkdf(sha256, lowSignature(signature), utf8ToBytes('covey.buyer-key/1'), bytesOf(info), 48));
}

/** r and s, 64 bytes: wallets differ in how they write the rest, and a signature with q − s is as good. */
function lowSignature(signature: Hex): Uint8Array {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'This signature is not one of a key of secp256k1.', {
      expected: '65 bytes',
      hint: 'Wallets that are contracts sign otherwise: keep the key in a file instead.',
    });
  }
  const q = secp256k1.Point.Fn.ORDER;
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  return bytesOf(`${signature.slice(0, 66) as Hex}${numberToHex(s > q / 2n ? q - s : s, { size: 32 }).slice(2)}`);
}
