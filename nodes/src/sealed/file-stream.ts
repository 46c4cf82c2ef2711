import { createReadStream } from 'node:fs';
import { LEAF_BYTES, PIECES_PER_CHUNK, SEALED_CHUNK_BYTES, SEALED_TAG_BYTES } from '@covey/protocol/sealed';

/** Bytes of one chunk in each of the files. */
export const chunkStep = {
  plaintext: SEALED_CHUNK_BYTES,
  ciphertext: SEALED_CHUNK_BYTES + SEALED_TAG_BYTES,
  leaves: PIECES_PER_CHUNK * LEAF_BYTES,
} as const;

/** A file from a chunk on, some chunks at a time: they are then read where they lie, without a copy. */
export function fileStream(path: string, of: keyof typeof chunkStep, fromChunk = 0): AsyncIterable<Uint8Array> {
  const step = chunkStep[of];
  return createReadStream(path, { start: fromChunk * step, highWaterMark: 8 * step });
}
