import { link, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '@covey/contracts/abi';
import type { Address } from 'viem';
import type { z } from 'zod';
import { nodeError } from '../errors.ts';
import { syncFolder, writeAside } from './write-aside.ts';

/** A round, and of one that repeated, which attempt; 0 where it is left out. */
export interface RoundKey {
  taskId: bigint;
  round: number;
  attempt?: number;
}

/**
 * What a node must not forget between a commit and its reveal, one file a round and attempt, written and fsynced before
 * the transaction that depends on it. A file is created once and never replaced by another commitment: two processes of one
 * node agree on the first, so a salt on chain is always on disk.
 */
export class RoundState<T extends object> {
  readonly folder: string;
  readonly #schema: z.ZodType<T>;

  /**
   * @param root Folder of the node; files of other chains, deployments, kinds and accounts stay apart in it.
   * @param kind What is committed to: a role, or a role and a step of it.
   */
  constructor(root: string, deployment: Deployment, kind: string, node: Address, schema: z.ZodType<T>) {
    this.folder = join(
      root,
      `${deployment.chainId}-${deployment.roundManager.toLowerCase()}`,
      `${kind}-${node.toLowerCase()}`,
    );
    this.#schema = schema;
  }

  path(key: RoundKey): string {
    return join(this.folder, `${nameOf(key)}.json`);
  }

  async load(key: RoundKey): Promise<T | null> {
    const path = this.path(key);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch (cause) {
      throw nodeError('STATE_CORRUPT', `The state file ${path} cannot be read.`, {
        hint: 'Restore it from a backup: without its salt a commitment cannot be revealed.',
        cause,
      });
    }
  }

  /** Writes the state of a round unless there is one already; returns the one that stands. */
  async create(key: RoundKey, value: T): Promise<T> {
    const path = this.path(key);
    const temporary = await writeAside(path, `${JSON.stringify(this.#schema.parse(value), null, 2)}\n`);
    try {
      await link(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return (await this.load(key))!;
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(this.folder);
    return value;
  }

  /**
   * Keeps content that must not be public yet, under its CID, fsynced. To be called before the state that names the CID
   * is created: content that no state names is harmless.
   */
  async keep(key: RoundKey, cid: string, bytes: Uint8Array): Promise<void> {
    const path = this.#keptPath(key, cid);
    await rename(await writeAside(path, bytes), path);
    await syncFolder(this.folder);
  }

  /** What was kept under a CID, or null. */
  async kept(key: RoundKey, cid: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#keptPath(key, cid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Deletes whatever was kept for a round. */
  async forget(key: RoundKey): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    // Also what a crash left half written.
    const kept = names.filter((name) => name.startsWith(`${nameOf(key)}.`) && name.includes('.content'));
    await Promise.all(kept.map((name) => rm(join(this.folder, name), { force: true })));
  }

  #keptPath(key: RoundKey, cid: string): string {
    return join(this.folder, `${nameOf(key)}.${cid}.content`);
  }
}

function nameOf({ taskId, round, attempt = 0 }: RoundKey): string {
  return attempt === 0 ? `${taskId}-${round}` : `${taskId}-${round}-${attempt}`;
}
