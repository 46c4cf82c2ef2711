import { chacha20, chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { portableKeccak, type Keccak } from '../positional-tree.ts';

/** What a sealed file is computed with. Hosts that have faster ones of the same give theirs. */
export interface SealingEngine {
  keccak: Keccak;
  /** ChaCha20-Poly1305 (RFC 8439) without additional data: ciphertext, then the tag. */
  encrypt(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Null where the tag is wrong. */
  decrypt(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null;
}

/** Pure JavaScript: the same everywhere, and what others are tested against. */
export const portableEngine: SealingEngine = {
  keccak: portableKeccak,
  encrypt: (key, nonce, plaintext) => chacha20poly1305(key, nonce).encrypt(plaintext),
  decrypt(key, nonce, sealed) {
    try {
      return chacha20poly1305(key, nonce).decrypt(sealed);
    } catch {
      return null;
    }
  },
};

/**
 * The plaintext that a key makes of ciphertext, whatever its tag says. RFC 8439, 2.8: block 0 of the keystream makes the
 * tag's key, so that the text begins at block 1; a piece within it at `skipped` bytes, a multiple of 64.
 */
export function withoutTag(key: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array, skipped = 0): Uint8Array {
  return chacha20(key, nonce, ciphertext, undefined, 1 + skipped / 64);
}
