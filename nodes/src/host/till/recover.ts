import { keccak_256 } from '@noble/hashes/sha3.js';
import { recover, signRecoverable } from 'tiny-secp256k1';
import { bytesToHex, checksumAddress, hexToBytes, type Address, type Hex } from 'viem';

/** Who signed a hash by 65 bytes r ‖ s ‖ v; null for what is no signature of anybody, high s included (EIP-2). */
export function signerOf(hash: Hex, signature: Hex): Address | null {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return null;
  const bytes = hexToBytes(signature);
  const v = bytes[64]!;
  if ((v !== 27 && v !== 28) || isHigh(bytes.subarray(32, 64))) return null;
  try {
    const key = recover(hexToBytes(hash), bytes.subarray(0, 64), (v - 27) as 0 | 1, false);
    return key && checksumAddress(bytesToHex(keccak_256(key.subarray(1)).subarray(12)));
  } catch {
    // Outside of the group's order.
    return null;
  }
}

export function signHash(hash: Hex, privateKey: Hex): Hex {
  const { signature, recoveryId } = signRecoverable(hexToBytes(hash), hexToBytes(privateKey));
  return `${bytesToHex(signature)}${(27 + recoveryId).toString(16)}`;
}

const HALF_ORDER = hexToBytes('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0');

function isHigh(s: Uint8Array): boolean {
  const at = HALF_ORDER.findIndex((byte, i) => byte !== s[i]);
  return at !== -1 && s[at]! > HALF_ORDER[at]!;
}
