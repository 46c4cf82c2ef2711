import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from 'viem';
import { protocolError } from './errors.ts';

/** Largest ciphertext of a shard that anyone is asked to fetch. */
export const MAX_SHARD_BYTES = 256 * 1024 * 1024;

const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/** A shard key: 32 bytes, as on chain in hex or raw. */
export type ShardKey = Hex | Uint8Array;

/** XChaCha20-Poly1305: nonce, then ciphertext with its tag. A nonce must never serve twice under one key. */
export function encryptShard(plaintext: Uint8Array, key: ShardKey, nonce: Uint8Array): Uint8Array {
  if (nonce.length !== NONCE_BYTES) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'a nonce of another size', {
      expected: `${NONCE_BYTES} bytes`,
      got: `${nonce.length} bytes`,
    });
  }
  const sealed = xchacha20poly1305(keyBytes(key), nonce).encrypt(plaintext);
  const bytes = new Uint8Array(NONCE_BYTES + sealed.length);
  bytes.set(nonce);
  bytes.set(sealed, NONCE_BYTES);
  return bytes;
}

export function decryptShard(ciphertext: Uint8Array, key: ShardKey): Uint8Array {
  const raw = keyBytes(key);
  try {
    return xchacha20poly1305(raw, ciphertext.subarray(0, NONCE_BYTES)).decrypt(ciphertext.subarray(NONCE_BYTES));
  } catch (cause) {
    throw protocolError('PROTOCOL_DECRYPTION_FAILED', 'the ciphertext does not open with this key', {
      hint: 'the ciphertext was changed or belongs to another key',
      cause,
    });
  }
}

function keyBytes(key: ShardKey): Uint8Array {
  const valid = typeof key === 'string' ? /^0x[0-9a-fA-F]{64}$/.test(key) : key.length === KEY_BYTES;
  // The key itself is never part of a message.
  if (!valid) throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'not a shard key', { expected: `${KEY_BYTES} bytes` });
  return typeof key === 'string' ? hexToBytes(key.slice(2)) : key;
}

/** SHA-256 as in documents: 0x and lower-case hex. */
export function sha256Hex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(sha256(bytes))}`;
}
