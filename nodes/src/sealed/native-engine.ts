import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SEALED_TAG_BYTES, fastKeccak, type SealingEngine } from '@covey/protocol/sealed';

const name = 'chacha20-poly1305';
const sizes = { authTagLength: SEALED_TAG_BYTES };

/** OpenSSL's ChaCha20-Poly1305 and Keccak in WebAssembly: what sealed files are computed with where Node is. */
export async function nativeEngine(): Promise<SealingEngine> {
  return {
    keccak: await fastKeccak(),
    encrypt(key, nonce, plaintext) {
      const cipher = createCipheriv(name, key, nonce, sizes);
      const sealed = new Uint8Array(plaintext.length + SEALED_TAG_BYTES);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
    },
    decrypt(key, nonce, sealed) {
      const decipher = createDecipheriv(name, key, nonce, sizes);
      decipher.setAuthTag(sealed.subarray(-SEALED_TAG_BYTES));
      const plaintext = decipher.update(sealed.subarray(0, -SEALED_TAG_BYTES));
      try {
        decipher.final();
      } catch {
        return null;
      }
      return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
    },
  };
}
