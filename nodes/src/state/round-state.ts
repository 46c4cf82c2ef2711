import { link, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '@covey/contracts/abi';
import type { Address } from 'viem';
import type { z } from 'zod';
import { nodeError } from '../errors.ts';
import { syncFolder, writeAside } from './write-aside.ts';

/**
 * What a node must not forget between its commit and its reveal, one file a round, written and fsynced before the
 * transaction that depends on it. A file is created once and never replaced by another commitment: two processes of one
 * node agree on the first, so a salt on chain is always on disk.
 */
export class RoundState<T extends object> {
  readonly folder: string;
  readonly #schema: z.ZodType<T>;

  /** @param root Folder of the node; files of other chains, deployments, roles and accounts stay apart in it. */
  constructor(root: string, deployment: Deployment, role: string, node: Address, schema: z.ZodType<T>) {
    this.folder = join(
      root,
      `${deployment.chainId}-${deployment.roundManager.toLowerCase()}`,
      `${role}-${node.toLowerCase()}`,
    );
    this.#schema = schema;
  }

  path(taskId: bigint, round: number): string {
    return join(this.folder, `${taskId}-${round}.json`);
  }

  async load(taskId: bigint, round: number): Promise<T | null> {
    const path = this.path(taskId, round);
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
  async create(taskId: bigint, round: number, value: T): Promise<T> {
    const path = this.path(taskId, round);
    const temporary = await writeAside(path, this.#encode(value));
    try {
      await link(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return (await this.load(taskId, round))!;
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(this.folder);
    return value;
  }

  /** Replaces the state of a round that has one: progress after the commitment. */
  async update(taskId: bigint, round: number, value: T): Promise<void> {
    const path = this.path(taskId, round);
    await rename(await writeAside(path, this.#encode(value)), path);
    await syncFolder(this.folder);
  }

  /**
   * Keeps content that must not be public yet, under its CID, fsynced. To be called before the state that names the CID
   * is created: content that no state names is harmless.
   */
  async keep(taskId: bigint, round: number, cid: string, bytes: Uint8Array): Promise<void> {
    const path = this.#keptPath(taskId, round, cid);
    await rename(await writeAside(path, bytes), path);
    await syncFolder(this.folder);
  }

  /** What was kept under a CID, or null. */
  async kept(taskId: bigint, round: number, cid: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#keptPath(taskId, round, cid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Deletes whatever was kept for a round. */
  async forget(taskId: bigint, round: number): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    // Also what a crash left half written.
    const kept = names.filter((name) => name.startsWith(`${taskId}-${round}.`) && name.includes('.content'));
    await Promise.all(kept.map((name) => rm(join(this.folder, name), { force: true })));
  }

  /** Rounds that have a state file. */
  async list(): Promise<{ taskId: bigint; round: number }[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.flatMap((name) => {
      const match = /^(\d+)-(\d+)\.json$/.exec(name);
      return match ? [{ taskId: BigInt(match[1]!), round: Number(match[2]) }] : [];
    });
  }

  #keptPath(taskId: bigint, round: number, cid: string): string {
    return join(this.folder, `${taskId}-${round}.${cid}.content`);
  }

  #encode(value: T): string {
    return `${JSON.stringify(this.#schema.parse(value), null, 2)}\n`;
  }
}
