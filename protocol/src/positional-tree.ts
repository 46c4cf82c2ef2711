import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from 'viem';
import { protocolError } from './errors.ts';

// A Merkle tree in which places can be proven, as a referee on chain must: leaves stand in their order and nothing is
// sorted. Its shape is that of RFC 6962 (section 2.1): the left half of n leaves is the largest power of two below n.
//
//     leaf = keccak256(0x00 ‖ bytes)     node = keccak256(0x01 ‖ left ‖ right)
//     root = keccak256(0x02 ‖ uint64 number of leaves ‖ top)
//
// The prefixes keep leaf, node and root apart. The root holds the number of leaves, since only with it do the turns of a
// proof say which place they lead to.

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const ROOT = Uint8Array.of(2);

/** Keccak-256 of parts in a row. A faster one than that of pure JavaScript may stand in for it (`fastKeccak`). */
export type Keccak = (...parts: readonly Uint8Array[]) => Uint8Array;

export const portableKeccak: Keccak = (...parts) => keccak_256(concatBytes(...parts));

/** What stands in the tree for a leaf's bytes, which may come in parts. */
export function leafHashOf(parts: readonly Uint8Array[], keccak: Keccak = portableKeccak): Uint8Array {
  return keccak(LEAF, ...parts);
}

export interface TreeOptions {
  keccak?: Keccak;
  /** The leaf whose way to the root is kept. */
  prove?: number;
}

/** Takes leaves one by one and keeps a hash for each power of two in their number. */
export class PositionalTree {
  /** Leaves so far. */
  count = 0;
  /** The hashes beside the way of the leaf that is proven, the lowest first: whole once `root` was asked for. */
  readonly path: Hex[] = [];
  /** Tops of complete trees, larger ones first; their sizes are the powers of two in `count`. */
  private readonly tops: Uint8Array[] = [];
  private readonly keccak: Keccak;
  private readonly prove: number;
  /** Which of the tops stands above the leaf that is proven. */
  private above = -1;

  constructor({ keccak = portableKeccak, prove = -1 }: TreeOptions = {}) {
    this.keccak = keccak;
    this.prove = prove;
  }

  /** `parts` are one leaf's bytes in a row. */
  add(...parts: Uint8Array[]): void {
    this.addHash(leafHashOf(parts, this.keccak));
  }

  /** A leaf by its hash (`leafHashOf`), whose bytes are elsewhere. */
  addHash(leaf: Uint8Array): void {
    let top = leaf;
    let proven = this.count === this.prove;
    for (let size = this.count++; size % 2 === 1; size = (size - 1) / 2) {
      const left = this.pop();
      if (proven) this.path.push(toHex(left));
      else if (this.above === this.tops.length) {
        this.path.push(toHex(top));
        proven = true;
      }
      top = this.keccak(NODE, left, top);
    }
    this.tops.push(top);
    if (proven) this.above = this.tops.length - 1;
  }

  /** Of at least one leaf; ends the tree. */
  root(): Hex {
    let proven = this.above === this.tops.length - 1;
    const top = this.tops.reduceRight((right, left, i) => {
      if (proven) this.path.push(toHex(left));
      else if (this.above === i) {
        this.path.push(toHex(right));
        proven = true;
      }
      return this.keccak(NODE, left, right);
    });
    return toHex(this.keccak(ROOT, uint64(this.count), top));
  }

  private pop(): Uint8Array {
    const top = this.tops.pop();
    if (!top) throw new RangeError('a tree without its left half');
    return top;
  }
}

/** One leaf and its way to the root: the hashes beside it, the lowest first. */
export interface PositionProof {
  index: number;
  count: number;
  leaf: Uint8Array;
  path: Hex[];
}

/** Proves that `leaves[index]` stands there. */
export function provePosition(leaves: readonly Uint8Array[], index: number): PositionProof {
  const leaf = leaves[index];
  if (!leaf) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the tree has no such leaf', {
      expected: `0 to ${leaves.length - 1}`,
      got: String(index),
    });
  }
  const path: Hex[] = [];
  let level = leaves.map((bytes) => leafHashOf([bytes]));
  for (let place = index; level.length > 1; place >>= 1) {
    const beside = level[place ^ 1];
    if (beside) path.push(toHex(beside));
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
      const [left, right] = level.slice(2 * i, 2 * i + 2);
      // What has nothing to its right moves up as it is.
      return left && right ? portableKeccak(NODE, left, right) : left!;
    });
  }
  return { index, count: leaves.length, leaf, path };
}

/** Whether the proof leads to this root. */
export function verifyPosition(root: Hex, { leaf, ...proof }: PositionProof): boolean {
  return provesLeafHash(root, proof, leafHashOf([leaf]));
}

/** The same of a leaf that is known by its hash alone. */
export function provesLeafHash(root: Hex, proof: Omit<PositionProof, 'leaf'>, leafHash: Uint8Array): boolean {
  const { index, count, path } = proof;
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(index) || index < 0 || index >= count) return false;
  let top = leafHash;
  let used = 0;
  for (let place = index, width = count; width > 1; place = Math.floor(place / 2), width = Math.ceil(width / 2)) {
    if (place % 2 === 0 && place + 1 === width) continue;
    const beside = path[used++];
    if (beside === undefined || !/^0x[0-9a-f]{64}$/.test(beside)) return false;
    const sibling = hexToBytes(beside.slice(2));
    top = place % 2 === 1 ? portableKeccak(NODE, sibling, top) : portableKeccak(NODE, top, sibling);
  }
  return used === path.length && toHex(portableKeccak(ROOT, uint64(count), top)) === root;
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}
