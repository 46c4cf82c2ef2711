import type { Hex } from 'viem';
import { PositionalTree, type TreeOptions } from './positional-tree.ts';

/** Bytes of a file under one leaf of its root; the last leaf has what is left. */
export const ROOT_CHUNK_BYTES = 1024;

/** The root that a submission commits to beside its CID: the positional tree over its file in chunks of 1 KiB. */
export function parameterRoot(bytes: Uint8Array): Hex {
  const stream = new ParameterRoot();
  stream.update(bytes);
  return stream.root();
}

/** The same of a file that comes in pieces, however it is cut. */
export class ParameterRoot {
  private readonly tree: PositionalTree;
  private readonly pending = new Uint8Array(ROOT_CHUNK_BYTES);
  private filled = 0;
  private empty = true;

  constructor(options: Pick<TreeOptions, 'keccak'> = {}) {
    this.tree = new PositionalTree(options);
  }

  update(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const taken = Math.min(ROOT_CHUNK_BYTES - this.filled, bytes.length - from);
      this.pending.set(bytes.subarray(from, from + taken), this.filled);
      this.filled += taken;
      from += taken;
      if (this.filled === ROOT_CHUNK_BYTES) this.flush();
    }
  }

  /** Ends the file: an empty one has one empty chunk. */
  root(): Hex {
    if (this.filled > 0 || this.empty) this.flush();
    return this.tree.root();
  }

  private flush(): void {
    this.tree.add(this.pending.subarray(0, this.filled));
    this.filled = 0;
    this.empty = false;
  }
}

/** The chunks of a file that is held whole, for proofs of their places (`provePosition`). */
export function rootChunks(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / ROOT_CHUNK_BYTES));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * ROOT_CHUNK_BYTES, (i + 1) * ROOT_CHUNK_BYTES));
}
