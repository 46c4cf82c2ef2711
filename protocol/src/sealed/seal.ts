import { protocolError } from '../errors.ts';
import { leafHashOf, type Keccak } from '../positional-tree.ts';
import { portableEngine, type SealingEngine } from './engine.ts';
import {
  LEAF_BYTES,
  SEALED_CHUNK_BYTES,
  SEALED_PIECE_BYTES,
  chunkBytes,
  chunkNonce,
  requireContentKey,
  sealedSizes,
} from './format.ts';
import { regroup } from './regroup.ts';

export interface SealedChunk {
  index: number;
  /** Ciphertext and tag, as they stand in the file. */
  sealed: Uint8Array;
  /** Leaf hashes of the plaintext's pieces and of the ciphertext's, 32 bytes each in a row. */
  plainLeaves: Uint8Array;
  cipherLeaves: Uint8Array;
}

export interface SealParameters {
  /** 32 random bytes that have sealed nothing else, ever: two texts under one key give each other away. */
  key: Uint8Array;
  /** Of the whole plaintext. */
  bytes: number;
  /** The first chunk to seal: the source then begins with it. */
  from?: number;
  engine?: SealingEngine;
}

/** Seals a file chunk by chunk, however its bytes are cut when they come. Holds one chunk. */
export async function* seal(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { key, bytes, from = 0, engine = portableEngine }: SealParameters,
): AsyncGenerator<SealedChunk> {
  const sizes = sealedSizes(bytes);
  requireContentKey(key);
  let index = from;
  for await (const chunk of regroup(source, SEALED_CHUNK_BYTES)) {
    if (index >= sizes.chunks || chunk.length !== chunkBytes(sizes, index)) throw anotherSize(bytes);
    const sealed = engine.encrypt(key, chunkNonce(sizes, index), chunk);
    yield {
      index,
      sealed,
      plainLeaves: pieceLeaves(chunk, engine.keccak),
      cipherLeaves: pieceLeaves(sealed.subarray(0, chunk.length), engine.keccak),
    };
    index++;
  }
  if (index !== sizes.chunks) throw anotherSize(bytes);
}

function anotherSize(bytes: number) {
  return protocolError('PROTOCOL_INVALID_ARGUMENT', 'the file has another size than was said', {
    expected: `${bytes} bytes`,
    hint: 'Did it change while it was sealed? Seal it again, with a new key.',
  });
}

/** Leaf hashes of a chunk's pieces in a row. */
export function pieceLeaves(chunk: Uint8Array, keccak: Keccak): Uint8Array {
  const pieces = Math.ceil(chunk.length / SEALED_PIECE_BYTES);
  const leaves = new Uint8Array(pieces * LEAF_BYTES);
  for (let i = 0; i < pieces; i++) {
    const piece = chunk.subarray(i * SEALED_PIECE_BYTES, (i + 1) * SEALED_PIECE_BYTES);
    leaves.set(leafHashOf([piece], keccak), i * LEAF_BYTES);
  }
  return leaves;
}
