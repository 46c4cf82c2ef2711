import { randomBytes } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeError } from '../errors.ts';
import { syncFolder, writeAside } from '../state/write-aside.ts';

const secretBytes = 32;

/** The secret that a state folder's noise is derived from, made and fsynced at the first call. It never leaves the node. */
export async function nodeSecret(stateDir: string): Promise<Uint8Array> {
  const path = join(stateDir, 'noise.secret');
  const known = await read(path);
  if (known) return known;
  const temporary = await writeAside(path, new Uint8Array(randomBytes(secretBytes)));
  try {
    await link(temporary, path);
  } catch (error) {
    // Another process of the node was first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return (await read(path))!;
}

async function read(path: string): Promise<Uint8Array | null> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (bytes.length === secretBytes) return bytes;
  throw nodeError('STATE_CORRUPT', `The secret ${path} cannot be used.`, {
    expected: `${secretBytes} bytes`,
    got: `${bytes.length} bytes`,
    hint: 'Restore it from a backup. With a new one, an update that is made again gets other noise.',
  });
}
