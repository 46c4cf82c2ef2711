import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { lock } from 'proper-lockfile';
import { serverError } from './errors.ts';

/** A holder that has not renewed its lock for this long counts as dead, even when a process has its number. */
const STALE_MS = 15_000;
const RETRY_MS = 500;

interface Holder {
  pid: number;
  host: string;
}

const heldHere = new Set<string>();

/**
 * PGlite and the message log each expect to be alone in their folder. A killed process leaves its lock behind: on this
 * machine it is known at once that the process is gone; of another machine, when the lock is no longer renewed.
 */
export async function lockData(directory: string): Promise<() => Promise<void>> {
  const path = resolve(directory);
  const holderFile = join(path, 'holder.json');
  const giveUp = Date.now() + STALE_MS + 5000;
  for (;;) {
    try {
      const release = await lock(path, {
        stale: STALE_MS,
        update: 3000,
        retries: 0,
        // A busy machine may renew too late; ending the server over that would be worse than what it guards against.
        onCompromised: (error) => console.error(`the lock of ${path} was lost: ${error.message}`),
      });
      heldHere.add(path);
      await writeFile(holderFile, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
      return async () => {
        heldHere.delete(path);
        await release().catch(() => undefined);
      };
    } catch (cause) {
      if (!isLocked(cause)) throw cause;
      if (heldHere.has(path) || Date.now() > giveUp) {
        throw serverError('SERVER_DATABASE_LOCKED', `another server uses ${path}`, {
          hint: 'stop it, or give this one another data directory',
          cause,
        });
      }
      if (await isGone(holderFile)) await rm(`${path}.lock`, { recursive: true, force: true });
      else await new Promise((wake) => setTimeout(wake, RETRY_MS));
    }
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED';
}

async function isGone(holderFile: string): Promise<boolean> {
  try {
    const { pid, host } = JSON.parse(await readFile(holderFile, 'utf8')) as Holder;
    if (host !== hostname()) return false;
    if (pid === process.pid) return true; // an earlier life in a container, where every life has the same number
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
