import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

// Windows has no such flag, nor owners.
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/**
 * Opens a file that an earlier attempt of this account left, to go on with it. Null for everything else under its name: in a
 * folder of several people a link, or a file of somebody who could read what is written, or change it once it was checked.
 */
export async function openOwn(path: string): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDWR | noFollow);
  } catch {
    return null;
  }
  const found = await file.stat();
  if (found.isFile() && found.nlink === 1 && (!process.getuid || found.uid === process.getuid())) return file;
  await file.close();
  return null;
}
