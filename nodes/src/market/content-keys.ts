import { link, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentKeyHash } from '@covey/protocol/sealed';
import { bytesToHex, type Hex } from 'viem';
import { nodeError } from '../errors.ts';
import { findContentKey } from '../sealed/content-key.ts';
import { syncFolder, writeAside } from '../state/write-aside.ts';

/** Content keys by their hashes, from files and from folders of `.key` files. */
export async function readContentKeys(paths: readonly string[]): Promise<Map<Hex, Uint8Array>> {
  const keys = new Map<Hex, Uint8Array>();
  for (const path of paths) {
    for (const file of await keyFiles(path)) {
      const found = await findContentKey(file);
      if (found) keys.set(found.keyHash, found.key);
      else
        throw nodeError('CONFIG_INVALID', `Cannot read ${file}.`, {
          expected: 'a content key, as `covey seal` writes it',
        });
    }
  }
  return keys;
}

async function keyFiles(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const names = await readdir(path);
  return names.filter((name) => name.endsWith('.key')).map((name) => join(path, name));
}

/** Writes a key that was bought, for its owner's eyes only. What is there already stays, where it is the same key. */
export async function keepContentKey(path: string, key: Uint8Array): Promise<void> {
  const keyHash = contentKeyHash(key);
  const file = { schema: 'covey.content-key/1', key: bytesToHex(key), keyHash };
  const temporary = await writeAside(path, `${JSON.stringify(file, null, 2)}\n`);
  try {
    // Not a rename: a key that is there is never written over.
    await link(temporary, path);
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'EEXIST') throw cause;
    const there = await findContentKey(path).catch(() => undefined);
    if (there?.keyHash !== keyHash) {
      throw nodeError('CONFIG_INVALID', `${path} is there already.`, { expected: 'another file for the key', cause });
    }
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}
