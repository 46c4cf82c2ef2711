import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError } from './disk.ts';

/** Writes a temporary file next to `path`, fsynced, for its owner alone; gives its path. DISK_FULL leaves nothing behind. */
export async function writeAside(path: string, content: string | Uint8Array): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    // Half a file would take the room that a smaller one may still find.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskError(cause, dirname(path));
  }
  return temporary;
}

/** A new name in a folder survives a power cut only once the folder itself is written. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
