import { link, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { nodeError } from '../errors.ts';
import { syncFolder, writeAside } from '../state/write-aside.ts';
import type { ReleaseAt } from '../trainer/privacy.ts';

const entrySchema = z.strictObject({
  schema: z.literal('covey.privacy-release/1'),
  chainId: z.number(),
  roundManager: z.string(),
  node: z.string(),
  taskId: z.string(),
  round: z.number(),
  /** SHA-256 of the data file, in hex. */
  data: z.string(),
  /** Standard deviation of the noise over the clipping norm; 0 for an update without noise. */
  noise: z.number().nonnegative(),
  /** Of the file that was made; null while the round is only reserved. */
  cid: z.string().nullable(),
});

export type LedgerEntry = z.infer<typeof entrySchema>;

/** What is released, besides where. */
export type Released = Pick<LedgerEntry, 'data' | 'noise'>;

/**
 * What the nodes of a state folder have released, or are about to, one file each, on whatever chain. A file is fsynced before
 * what it counts can leave the machine, and only a reservation is ever deleted: a crash can count too much, never too little.
 */
export class PrivacyLedger {
  readonly #folder: string;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'privacy');
  }

  /** What counts: of each round its releases, or where there are none yet what it is reserved for. */
  async entries(): Promise<LedgerEntry[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    const read = await Promise.all(names.map((name) => this.#read(name)));
    const all = read.filter((entry) => entry !== null);
    const released = new Set(all.filter(({ cid }) => cid !== null).map(roundOf));
    return all.filter((entry) => entry.cid !== null || !released.has(roundOf(entry)));
  }

  /** Sets apart what a round will release, before it is joined. Can be repeated. */
  async reserve(at: ReleaseAt, what: Released): Promise<void> {
    await this.#create(entryOf(at, what, null));
  }

  /** Counts an update, before it can leave the machine. Can be repeated; each other update of a round counts as well. */
  async spend(at: ReleaseAt, what: Released, cid: string): Promise<void> {
    await this.#create(entryOf(at, what, cid));
    await this.withdraw(at);
  }

  /** Gives back what a round was reserved for; what was released stays. */
  async withdraw(at: ReleaseAt): Promise<void> {
    const prefix = `${roundOf(entryOf(at, { data: '', noise: 0 }, null))}.reserved.`;
    const names = await readdir(this.#folder).catch(() => []);
    const reserved = names.filter((name) => name.startsWith(prefix));
    await Promise.all(reserved.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  async #create(entry: LedgerEntry): Promise<void> {
    const { data, noise, cid } = entry;
    const path = join(this.#folder, `${roundOf(entry)}.${cid ?? 'reserved'}.${data.slice(0, 16)}-${noise}.json`);
    const temporary = await writeAside(path, `${JSON.stringify(entrySchema.parse(entry), null, 2)}\n`);
    try {
      await link(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(temporary, { force: true });
    }
    // Also where the file was there: whoever made it may have died before this.
    await syncFolder(this.#folder);
  }

  /** Null where another process has withdrawn it just now. */
  async #read(name: string): Promise<LedgerEntry | null> {
    const path = join(this.#folder, name);
    try {
      return entrySchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw nodeError('STATE_CORRUPT', `The privacy ledger’s file ${path} cannot be read.`, {
        hint: 'Restore it from a backup: without it, what was released would count as not released.',
        cause,
      });
    }
  }
}

function entryOf({ deployment, node, taskId, round }: ReleaseAt, what: Released, cid: string | null): LedgerEntry {
  return {
    schema: 'covey.privacy-release/1',
    chainId: deployment.chainId,
    roundManager: deployment.roundManager.toLowerCase(),
    node: node.toLowerCase(),
    taskId: String(taskId),
    round,
    data: what.data,
    noise: what.noise,
    cid,
  };
}

function roundOf({ chainId, roundManager, node, taskId, round }: LedgerEntry): string {
  return [chainId, roundManager, node, taskId, round].join('-');
}

/**
 * Entries in groups that share a node or a data file, directly or through others. A node whose data grow releases of the same
 * people as before; two nodes with one file do so together. Groups that share neither are taken to share no person.
 */
export function linked(entries: readonly LedgerEntry[]): LedgerEntry[][] {
  let groups: LedgerEntry[][] = [];
  for (const entry of entries) {
    const touches = (group: LedgerEntry[]) =>
      group.some(({ node, data }) => node === entry.node || data === entry.data);
    groups = [...groups.filter((group) => !touches(group)), [...groups.filter(touches).flat(), entry]];
  }
  return groups;
}
