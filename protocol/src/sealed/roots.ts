import type { Hex } from 'viem';
import { protocolError } from '../errors.ts';
import { PositionalTree, type Keccak } from '../positional-tree.ts';
import { portableEngine, type SealingEngine } from './engine.ts';
import {
  LEAF_BYTES,
  SEALED_CHUNK_BYTES,
  SEALED_TAG_BYTES,
  chunkBytes,
  sealedSizes,
  type SealedSizes,
} from './format.ts';
import { regroup } from './regroup.ts';
import { pieceLeaves } from './seal.ts';

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Adds leaf hashes that stand in a row. */
export function addLeaves(tree: PositionalTree, leaves: Uint8Array): void {
  for (let at = 0; at < leaves.length; at += LEAF_BYTES) tree.addHash(leaves.slice(at, at + LEAF_BYTES));
}

/** The root over a file of leaf hashes: of a sealed file's plaintext, its `plainRoot`. */
export async function rootOfLeaves(
  leaves: Source,
  { leavesBytes }: SealedSizes,
  options: { keccak?: Keccak; prove?: number } = {},
): Promise<{ root: Hex; path: Hex[] }> {
  const tree = new PositionalTree(options);
  for await (const group of regroup(leaves, 1024 * LEAF_BYTES)) {
    if (group.length % LEAF_BYTES !== 0) throw sizeMismatch('file of leaves', leavesBytes);
    addLeaves(tree, group);
  }
  if (tree.count * LEAF_BYTES !== leavesBytes) throw sizeMismatch('file of leaves', leavesBytes);
  return { root: tree.root(), path: tree.path };
}

/** The root over a ciphertext's pieces: its `cipherRoot`. */
export async function rootOfCiphertext(
  ciphertext: Source,
  sizes: SealedSizes,
  options: { keccak?: Keccak; prove?: number } = {},
): Promise<{ root: Hex; path: Hex[] }> {
  const { keccak = portableEngine.keccak } = options;
  const tree = new PositionalTree(options);
  let n = 0;
  for await (const sealed of regroup(ciphertext, SEALED_CHUNK_BYTES + SEALED_TAG_BYTES)) {
    if (n >= sizes.chunks || sealed.length !== chunkBytes(sizes, n) + SEALED_TAG_BYTES)
      throw sizeMismatch('ciphertext', sizes.ciphertextBytes);
    addLeaves(tree, pieceLeaves(sealed.subarray(0, -SEALED_TAG_BYTES), keccak));
    n++;
  }
  if (n !== sizes.chunks) throw sizeMismatch('ciphertext', sizes.ciphertextBytes);
  return { root: tree.root(), path: tree.path };
}

/** What of a manifest says what is served. */
export interface SealedRoots {
  bytes: number;
  plainRoot: Hex;
  cipherRoot: Hex;
}

/**
 * Whether what is served is what the manifest promises: both roots, before anybody pays. A piece that then opens to
 * something else than its leaf can be proven.
 */
export async function checkSealed(
  { bytes, plainRoot, cipherRoot }: SealedRoots,
  served: { ciphertext: Source; leaves: Source },
  { keccak }: Pick<SealingEngine, 'keccak'> = portableEngine,
): Promise<void> {
  await checkLeaves({ bytes, plainRoot }, served.leaves, { keccak });
  const sizes = sealedSizes(bytes);
  const ciphertext = await rootOfCiphertext(served.ciphertext, sizes, { keccak });
  if (ciphertext.root !== cipherRoot) throw rootMismatch('ciphertext', cipherRoot, ciphertext.root);
}

/** The same of the leaves alone: what opening a file with its key compares pieces with. */
export async function checkLeaves(
  { bytes, plainRoot }: Pick<SealedRoots, 'bytes' | 'plainRoot'>,
  leaves: Source,
  { keccak }: Pick<SealingEngine, 'keccak'> = portableEngine,
): Promise<void> {
  const { root } = await rootOfLeaves(leaves, sealedSizes(bytes), { keccak });
  if (root !== plainRoot) throw rootMismatch('leaves', plainRoot, root);
}

function sizeMismatch(what: string, bytes: number) {
  return protocolError('PROTOCOL_SEALED_MISMATCH', `the ${what} has another size than the manifest says`, {
    expected: `${bytes} bytes`,
  });
}

export function rootMismatch(what: string, expected: Hex, got: Hex) {
  return protocolError('PROTOCOL_SEALED_MISMATCH', `the ${what} has another root than the manifest says`, {
    expected,
    got,
  });
}
