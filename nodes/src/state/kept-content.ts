import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hexToBytes, sha256 } from 'viem';
import { isNodeError } from '../errors.ts';
import { syncFolder, writeAside } from './write-aside.ts';

/** Bytes of the SHA-256 before a file's content: what is on a disk is checked as what comes over the network. */
const hashBytes = 32;

/**
 * What a validator attested to having, one folder a round, until the round is over: whoever served it may vanish right
 * after. Written whole or not at all, so a crash leaves nothing half kept.
 */
export class KeptContent {
  readonly #root: string;
  readonly #maxBytes: number;
  #held: Promise<number> | null = null;

  /** @param maxBytes Of the whole folder `root`; what does not fit is left to the content store. */
  constructor(root: string, maxBytes = Infinity) {
    this.#root = root;
    this.#maxBytes = maxBytes;
  }

  /** Keeps content under its CID; false where there is no room for it. */
  async keep(taskId: bigint, round: number, cid: string, bytes: Uint8Array): Promise<boolean> {
    const folder = this.#folder(taskId, round);
    const size = bytes.byteLength + hashBytes;
    this.#held ??= sizeOf(this.#root);
    if ((await this.#held) + size > this.#maxBytes) return false;
    this.#held = this.#held.then((held) => held + size);
    const path = join(folder, cid);
    try {
      await rename(await writeAside(path, Buffer.concat([hexToBytes(sha256(bytes)), bytes])), path);
    } catch (error) {
      this.#held = null;
      if (isNodeError(error, 'DISK_FULL')) return false;
      throw error;
    }
    await syncFolder(folder);
    return true;
  }

  /** What is kept under a CID; null where nothing is, or not what was put there. */
  async kept(taskId: bigint, round: number, cid: string): Promise<Uint8Array | null> {
    let file: Uint8Array;
    try {
      file = new Uint8Array(await readFile(join(this.#folder(taskId, round), cid)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const bytes = file.slice(hashBytes);
    return Buffer.from(hexToBytes(sha256(bytes))).equals(file.subarray(0, hashBytes)) ? bytes : null;
  }

  /** True while there is room for so many bytes more. */
  async hasRoom(bytes: number): Promise<boolean> {
    this.#held ??= sizeOf(this.#root);
    return (await this.#held) + bytes <= this.#maxBytes;
  }

  /** Deletes what was kept for a round. */
  async forget(taskId: bigint, round: number): Promise<void> {
    await rm(this.#folder(taskId, round), { recursive: true, force: true });
    this.#held = null;
  }

  #folder(taskId: bigint, round: number): string {
    return join(this.#root, `attested-${taskId}-${round}`);
  }
}

/** Bytes of all files in a folder. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const entry = await stat(join(folder, name)).catch(() => null);
      return entry?.isFile() ? entry.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
