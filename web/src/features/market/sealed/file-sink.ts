import { webError } from '../../../errors.ts';
import { formatBytes } from '../../../ui/format/text.ts';

/** Where an opened model is written, from its beginning to its end. */
export interface FileSink {
  write(bytes: Uint8Array): Promise<void>;
  /** What the page hands to the reader; null where the reader has it already. */
  close(): Promise<Blob | null>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** Kept by the browser until the next model is opened: the reader's download reads from it. */
const OWN_FILE = 'covey-opened-model';

/** To where the reader chose, else to the browser's own disk, else to memory. Called in a worker. */
export async function openSink(into: FileSystemFileHandle | null, bytes: number): Promise<FileSink> {
  if (into) return await chosenFile(into);
  const storage: StorageManager | undefined = navigator.storage;
  // Browsers have it in secure contexts alone, and some not in private windows.
  const folder = await storage?.getDirectory?.().catch(() => undefined);
  if (!folder) return memory();
  await folder.removeEntry(OWN_FILE).catch(() => undefined);
  const { quota, usage = 0 } = await storage.estimate();
  if (quota !== undefined && quota - usage < bytes) throw noRoom(bytes, quota - usage);
  return await ownFile(folder);
}

/** The browser writes beside the file and puts it there when it is closed: a half of a model is never in its place. */
async function chosenFile(handle: FileSystemFileHandle): Promise<FileSink> {
  const stream = await handle.createWritable();
  return {
    write: (chunk) => stream.write(chunk as Uint8Array<ArrayBuffer>),
    async close() {
      await stream.close();
      return null;
    },
    abort: () => stream.abort(),
  };
}

/** What workers alone have, and so the page's own types do not know. */
interface SyncFile {
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

async function ownFile(folder: FileSystemDirectoryHandle): Promise<FileSink> {
  const handle = await folder.getFileHandle(OWN_FILE, { create: true });
  const access = await (handle as unknown as { createSyncAccessHandle(): Promise<SyncFile> }).createSyncAccessHandle();
  let at = 0;
  return {
    async write(chunk) {
      const written = access.write(chunk, { at });
      if (written !== chunk.length) throw noRoom(chunk.length, written);
      at += written;
    },
    async close() {
      access.flush();
      access.close();
      return await handle.getFile();
    },
    async abort() {
      access.close();
      await folder.removeEntry(OWN_FILE);
    },
  };
}

function memory(): FileSink {
  let whole = new Blob();
  return {
    async write(chunk) {
      // Browsers put large blobs on their disk.
      whole = new Blob([whole, chunk as Uint8Array<ArrayBuffer>]);
    },
    async close() {
      return whole;
    },
    async abort() {
      whole = new Blob();
    },
  };
}

const noRoom = (bytes: number, free: number) =>
  webError('WEB_NO_ROOM', `The browser has room for ${size(Math.max(0, free))}, and ${size(bytes)} are needed.`, {
    expected: size(bytes),
    got: size(Math.max(0, free)),
  });

const size = (bytes: number) => formatBytes(bytes, 'en');
