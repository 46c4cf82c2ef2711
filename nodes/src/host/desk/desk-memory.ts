import { readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncFolder, writeAside } from '../../state/write-aside.ts';

const decimal = z.string().regex(/^\d{1,39}$/);
const schema = z.strictObject({
  schema: z.literal('covey.desk-memory/1'),
  of: z.string(),
  block: decimal,
  requests: z.array(decimal),
});

/** What a clerk has read of the desk: everything before `block`, of which these requests were not over. */
export interface Remembered {
  block: bigint;
  requests: bigint[];
}

/**
 * Keeps over restarts how far the desk was read, so that a host need not read it from the beginning. It may be old: what came
 * since is read again, and requests that are over by now are found to be.
 */
export class DeskMemory {
  readonly #path: string;
  readonly #of: string;

  /** @param of What a clerk chooses requests by: what was read by other terms counts for nothing. */
  constructor(path: string, of: string) {
    this.#path = path;
    this.#of = of;
  }

  /** Null where there is none that can be read: then all is read. */
  async read(): Promise<Remembered | null> {
    try {
      const { of, block, requests } = schema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return of === this.#of ? { block: BigInt(block), requests: requests.map(BigInt) } : null;
    } catch {
      return null;
    }
  }

  async write({ block, requests }: Remembered): Promise<void> {
    const kept = { schema: 'covey.desk-memory/1', of: this.#of, block: String(block), requests: requests.map(String) };
    await rename(await writeAside(this.#path, `${JSON.stringify(kept)}\n`), this.#path);
    await syncFolder(dirname(this.#path));
  }
}
