import { readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entryOf, textOf, type Purse } from '@covey/client/inference';
import { syncFolder, writeAside } from '../state/write-aside.ts';

/** Entries as files of a folder, one a host, on the disk before a voucher leaves. */
export function filePurse(folder: string): Purse {
  const pathOf = (host: string) => join(folder, `${host.toLowerCase()}.json`);
  let writing: Promise<void> = Promise.resolve();
  return {
    get: async (host) => entryOf(await readFile(pathOf(host), 'utf8').catch(() => '')),
    async set(host, entry) {
      const path = pathOf(host);
      const text = entry && textOf(entry);
      const write = async () => {
        if (text === null) return await rm(path, { force: true });
        await rename(await writeAside(path, text), path);
        await syncFolder(dirname(path));
      };
      // One after the other: the last is the newest.
      writing = writing.catch(() => undefined).then(write);
      await writing;
    },
  };
}
