import { bytesToHex } from '@noble/hashes/utils.js';
import type { Hex } from 'viem';
import { protocolError } from '../errors.ts';
import { leafHashOf, provesLeafHash } from '../positional-tree.ts';
import { portableEngine, withoutTag, type SealingEngine } from './engine.ts';
import {
  LEAF_BYTES,
  PIECES_PER_CHUNK,
  SEALED_CHUNK_BYTES,
  SEALED_PIECE_BYTES,
  SEALED_TAG_BYTES,
  chunkNonce,
  sealedSizes,
} from './format.ts';
import { bytesOf } from './g1.ts';
import { requireKeyOf } from './open.ts';
import { rootMismatch, rootOfCiphertext, rootOfLeaves, type SealedRoots } from './roots.ts';

/** What `disputeContent` takes: a piece of the ciphertext that the sold key opens to something else than its leaf. */
export interface ContentEvidence {
  key: Hex;
  index: number;
  /** How many pieces the file has. */
  count: number;
  cipherPiece: Hex;
  plainLeaf: Hex;
  /** The hashes beside the ways to both roots, the lowest first. */
  cipherPath: Hex[];
  plainPath: Hex[];
}

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
type Promised = SealedRoots & { keyHash: Hex };

/** The evidence, where it proves something. */
export async function contentEvidence(...parameters: Parameters<typeof pieceEvidence>): Promise<ContentEvidence> {
  const [manifest, , index] = parameters;
  const evidence = await pieceEvidence(...parameters);
  if (provesContent(manifest, evidence)) return evidence;
  throw protocolError('PROTOCOL_INVALID_ARGUMENT', `Piece ${index} opens to what its leaf promises.`, {
    hint: 'There is nothing to dispute: the escrow would refuse it.',
  });
}

/** What there is to show of a piece, whatever it proves. Reads both files once and keeps a path of each. */
export async function pieceEvidence(
  manifest: Promised,
  key: Uint8Array,
  index: number,
  served: { ciphertext: Source; leaves: Source },
  { keccak }: Pick<SealingEngine, 'keccak'> = portableEngine,
): Promise<ContentEvidence> {
  requireKeyOf(manifest.keyHash, key);
  const sizes = sealedSizes(manifest.bytes);
  if (!Number.isSafeInteger(index) || index < 0 || index >= sizes.pieces) {
    const expected = `0 to ${sizes.pieces - 1}`;
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the file has no such piece', { expected, got: String(index) });
  }
  const leaf = window(served.leaves, index * LEAF_BYTES, LEAF_BYTES);
  const plain = await rootOfLeaves(leaf.through, sizes, { keccak, prove: index });
  if (plain.root !== manifest.plainRoot) throw rootMismatch('leaves', manifest.plainRoot, plain.root);
  const within = (index % PIECES_PER_CHUNK) * SEALED_PIECE_BYTES;
  const chunk = Math.floor(index / PIECES_PER_CHUNK);
  const length = Math.min(SEALED_PIECE_BYTES, manifest.bytes - index * SEALED_PIECE_BYTES);
  const piece = window(served.ciphertext, chunk * (SEALED_CHUNK_BYTES + SEALED_TAG_BYTES) + within, length);
  const cipher = await rootOfCiphertext(piece.through, sizes, { keccak, prove: index });
  if (cipher.root !== manifest.cipherRoot) throw rootMismatch('ciphertext', manifest.cipherRoot, cipher.root);
  return {
    key: `0x${bytesToHex(key)}`,
    index,
    count: sizes.pieces,
    cipherPiece: `0x${bytesToHex(piece.seen)}`,
    plainLeaf: `0x${bytesToHex(leaf.seen)}`,
    cipherPath: cipher.path,
    plainPath: plain.path,
  };
}

/** What the escrow computes. */
export function provesContent(manifest: Promised, evidence: ContentEvidence): boolean {
  const { index, count, cipherPath, plainPath } = evidence;
  const [key, cipherPiece, plainLeaf] = [evidence.key, evidence.cipherPiece, evidence.plainLeaf].map(bytesOf) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  requireKeyOf(manifest.keyHash, key);
  const sizes = sealedSizes(manifest.bytes);
  if (count !== sizes.pieces) return false;
  if (!provesLeafHash(manifest.cipherRoot, { index, count, path: cipherPath }, leafHashOf([cipherPiece]))) return false;
  if (!provesLeafHash(manifest.plainRoot, { index, count, path: plainPath }, plainLeaf)) return false;
  const nonce = chunkNonce(sizes, Math.floor(index / PIECES_PER_CHUNK));
  const opened = withoutTag(key, nonce, cipherPiece, (index % PIECES_PER_CHUNK) * SEALED_PIECE_BYTES);
  return bytesToHex(leafHashOf([opened])) !== bytesToHex(plainLeaf);
}

/** Passes bytes through and keeps those of a window. */
function window(source: Source, from: number, length: number): { through: Source; seen: Uint8Array } {
  const seen = new Uint8Array(length);
  async function* through() {
    let offset = 0;
    for await (const bytes of source) {
      const start = Math.max(from, offset);
      const end = Math.min(from + length, offset + bytes.length);
      if (start < end) seen.set(bytes.subarray(start - offset, end - offset), start - from);
      offset += bytes.length;
      yield bytes;
    }
  }
  return { through: through(), seen };
}
