import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Hex } from 'viem';
import { sameBytes } from '../canonical.ts';
import { protocolError } from '../errors.ts';
import { portableEngine, withoutTag, type SealingEngine } from './engine.ts';
import {
  LEAF_BYTES,
  PIECES_PER_CHUNK,
  SEALED_CHUNK_BYTES,
  SEALED_TAG_BYTES,
  chunkBytes,
  chunkNonce,
  requireContentKey,
  sealedSizes,
} from './format.ts';
import { regroup } from './regroup.ts';
import { pieceLeaves } from './seal.ts';

export interface OpenedChunk {
  index: number;
  bytes: Uint8Array;
  /** The tag is wrong and every piece is right. The leaves decide: it is the plaintext that was promised. */
  wrongTag: boolean;
}

export interface OpenParameters {
  key: Uint8Array;
  /** Of the whole plaintext. */
  bytes: number;
  /** The first chunk to open: ciphertext and leaves then begin with it. */
  from?: number;
  engine?: SealingEngine;
}

/** A piece that opens to something else than its leaf promises: the cause of the error that `open` ends with. */
export class PieceDiffers extends Error {
  readonly piece: number;

  constructor(piece: number) {
    super(`piece ${piece} differs from its leaf`);
    this.piece = piece;
  }
}

/** The piece that an error of `open` is about, by which its seller is convicted (`contentEvidence`). */
export function differingPiece(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof PieceDiffers ? cause.piece : undefined;
}

/** keccak256 of a content key, as a listing and a manifest have it. */
export function contentKeyHash(key: Uint8Array): Hex {
  return `0x${bytesToHex(keccak_256(requireContentKey(key)))}`;
}

export function requireKeyOf(keyHash: Hex, key: Uint8Array): void {
  if (contentKeyHash(key) === keyHash) return;
  throw protocolError('PROTOCOL_WRONG_CONTENT_KEY', 'This is not the content key of the sealed file.', {
    expected: `a key whose hash is ${keyHash}`,
    got: contentKeyHash(key),
  });
}

/**
 * Opens a sealed file chunk by chunk. Leaves are those whose root was compared (`checkSealed`): every piece is hashed and
 * compared with its own before it is given out. Holds one chunk.
 */
export async function* open(
  ciphertext: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  leaves: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { key, bytes, from = 0, engine = portableEngine }: OpenParameters,
): AsyncGenerator<OpenedChunk> {
  const sizes = sealedSizes(bytes);
  requireContentKey(key);
  const promised = regroup(leaves, PIECES_PER_CHUNK * LEAF_BYTES);
  let index = from;
  try {
    for await (const sealed of regroup(ciphertext, SEALED_CHUNK_BYTES + SEALED_TAG_BYTES)) {
      if (index >= sizes.chunks || sealed.length !== chunkBytes(sizes, index) + SEALED_TAG_BYTES)
        throw cutShort(sizes.ciphertextBytes);
      const expected = await promised.next();
      const nonce = chunkNonce(sizes, index);
      const authentic = engine.decrypt(key, nonce, sealed);
      const opened = authentic ?? withoutTag(key, nonce, sealed.subarray(0, -SEALED_TAG_BYTES));
      const got = pieceLeaves(opened, engine.keccak);
      if (expected.done || expected.value.length !== got.length) throw cutShort(sizes.ciphertextBytes);
      if (!sameBytes(expected.value, got)) throw differs(index, expected.value, got);
      yield { index, bytes: opened, wrongTag: authentic === null };
      index++;
    }
    if (index !== sizes.chunks || !(await promised.next()).done) throw cutShort(sizes.ciphertextBytes);
  } finally {
    // However it ends, or is left: the leaves may be a file, or a fetch under way.
    await promised.return(undefined);
  }
}

/** How many chunks of a plaintext that is there in part are whole and what the leaves say: opening goes on behind them. */
export async function openedChunks(
  plaintext: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  leaves: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytes: number,
  { keccak }: Pick<SealingEngine, 'keccak'> = portableEngine,
): Promise<number> {
  const sizes = sealedSizes(bytes);
  const promised = regroup(leaves, PIECES_PER_CHUNK * LEAF_BYTES);
  let index = 0;
  try {
    for await (const chunk of regroup(plaintext, SEALED_CHUNK_BYTES)) {
      if (index === sizes.chunks || chunk.length !== chunkBytes(sizes, index)) break;
      const expected = await promised.next();
      if (expected.done || !sameBytes(expected.value, pieceLeaves(chunk, keccak))) break;
      index++;
    }
  } finally {
    await promised.return(undefined);
  }
  return index;
}

function differs(chunk: number, expected: Uint8Array, got: Uint8Array) {
  let within = 0;
  const leafOf = (leaves: Uint8Array) => leaves.subarray(within * LEAF_BYTES, (within + 1) * LEAF_BYTES);
  while (sameBytes(leafOf(expected), leafOf(got))) within++;
  const piece = chunk * PIECES_PER_CHUNK + within;
  return protocolError('PROTOCOL_SEALED_MISMATCH', `Piece ${piece} of the sealed file opens to something else.`, {
    expected: `leaf 0x${bytesToHex(leafOf(expected))}`,
    got: `leaf 0x${bytesToHex(leafOf(got))}`,
    hint: 'Where the key is the one that was sold, this can be proven: dispute the content.',
    cause: new PieceDiffers(piece),
  });
}

function cutShort(bytes: number) {
  return protocolError('PROTOCOL_SEALED_MISMATCH', 'ciphertext and leaves have not the size that the manifest says', {
    expected: `${bytes} bytes of ciphertext`,
  });
}
