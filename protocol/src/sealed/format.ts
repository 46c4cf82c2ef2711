import { protocolError } from '../errors.ts';
import { ROOT_CHUNK_BYTES } from '../parameter-root.ts';

// The sealed file (docs/reference/sealed.md): chunks of plaintext, each by ChaCha20-Poly1305 (RFC 8439) under one key, with
// its number and whether it is the last in its nonce (STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, as age has it).

/** Plaintext bytes of a chunk; the last has what is left. */
export const SEALED_CHUNK_BYTES = 65_536;
/** Behind each chunk's ciphertext. */
export const SEALED_TAG_BYTES = 16;
/** Plaintext bytes under one leaf of both roots: those of `parameterRoot`. */
export const SEALED_PIECE_BYTES = ROOT_CHUNK_BYTES;
export const PIECES_PER_CHUNK = SEALED_CHUNK_BYTES / SEALED_PIECE_BYTES;
/** Of a leaf's hash in the file of leaves. */
export const LEAF_BYTES = 32;
/** Largest plaintext: a terabyte, far below what nonces could count. */
export const MAX_SEALED_BYTES = 2 ** 40;
export const CONTENT_KEY_BYTES = 32;

/** Sizes of a sealed file, in bytes, and how many parts it has. */
export interface SealedSizes {
  /** Of the plaintext. */
  bytes: number;
  chunks: number;
  pieces: number;
  ciphertextBytes: number;
  leavesBytes: number;
}

export function sealedSizes(bytes: number): SealedSizes {
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MAX_SEALED_BYTES) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'a file that cannot be sealed', {
      expected: `1 to ${MAX_SEALED_BYTES} bytes`,
      got: `${bytes} bytes`,
    });
  }
  const chunks = Math.ceil(bytes / SEALED_CHUNK_BYTES);
  const pieces = Math.ceil(bytes / SEALED_PIECE_BYTES);
  return {
    bytes,
    chunks,
    pieces,
    ciphertextBytes: bytes + chunks * SEALED_TAG_BYTES,
    leavesBytes: pieces * LEAF_BYTES,
  };
}

/** Plaintext bytes of chunk n. */
export function chunkBytes({ bytes, chunks }: SealedSizes, n: number): number {
  requireChunk(chunks, n);
  return n === chunks - 1 ? bytes - n * SEALED_CHUNK_BYTES : SEALED_CHUNK_BYTES;
}

/** Eleven bytes of the chunk's number, big-endian, and one that says whether it is the last. */
export function chunkNonce({ chunks }: SealedSizes, n: number): Uint8Array {
  requireChunk(chunks, n);
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(3, BigInt(n));
  nonce[11] = n === chunks - 1 ? 1 : 0;
  return nonce;
}

function requireChunk(chunks: number, n: number): void {
  if (Number.isSafeInteger(n) && n >= 0 && n < chunks) return;
  throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the sealed file has no such chunk', {
    expected: `0 to ${chunks - 1}`,
    got: String(n),
  });
}

/** The content key's 32 bytes; it is never part of a message. */
export function requireContentKey(key: Uint8Array): Uint8Array {
  if (key.length === CONTENT_KEY_BYTES) return key;
  throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'not a content key', { expected: `${CONTENT_KEY_BYTES} bytes` });
}
