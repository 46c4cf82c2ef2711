import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from 'viem';
import { nodeError } from '../errors.ts';
import { syncFolder, writeAside } from '../state/write-aside.ts';
import { parseKeystore, statedAddress } from './keystore.ts';
import type { Keystore } from './keystore-format.ts';

export interface KeptKey {
  path: string;
  address: Address | undefined;
}

/** Under the name that geth gives such a file, for its owner alone; whole or not at all. */
export async function keepKey(folder: string, keystore: Keystore, now = new Date()): Promise<string> {
  const time = now.toISOString().replaceAll(':', '-').replace('Z', '000000Z');
  const path = join(folder, `UTC--${time}--${keystore.address}`);
  await rename(await writeAside(path, `${JSON.stringify(keystore)}\n`), path);
  await syncFolder(folder);
  return path;
}

/** The encrypted keys of a folder, the oldest first; other files are passed over. */
export async function keptKeys(folder: string): Promise<KeptKey[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(names.sort().map(async (name) => await keptKey(join(folder, name))));
  return found.flatMap((key) => key ?? []);
}

async function keptKey(path: string): Promise<KeptKey | undefined> {
  try {
    return { path, address: statedAddress(parseKeystore(await readFile(path, 'utf8'), path)) };
  } catch {
    return undefined;
  }
}

export async function readKeystore(path: string): Promise<Keystore> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read the keystore ${path}.`, { cause });
  }
  return parseKeystore(text, path);
}
