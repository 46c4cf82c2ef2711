import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { contentKeyHash } from '@covey/protocol/sealed';
import type { Hex } from 'viem';
import { nodeError } from '../errors.ts';
import { findContentKey, readContentKey, writeContentKey } from '../sealed/content-key.ts';

/** Content keys by their hashes, from files and from folders of `.key` files. */
export async function readContentKeys(paths: readonly string[]): Promise<Map<Hex, Uint8Array>> {
  const keys = new Map<Hex, Uint8Array>();
  for (const path of paths) {
    for (const file of await keyFiles(path)) {
      const { key, keyHash } = await readContentKey(file);
      keys.set(keyHash, key);
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
  try {
    await writeContentKey(path, { key, keyHash });
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'EEXIST') throw cause;
    const there = await findContentKey(path).catch(() => undefined);
    if (there?.keyHash !== keyHash) {
      throw nodeError('CONFIG_INVALID', `${path} is there already.`, { expected: 'another file for the key', cause });
    }
  }
}
