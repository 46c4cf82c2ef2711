import { importFile } from '@covey/protocol';
import type { ContentStore } from './content-store.ts';

export interface AddFileOptions {
  /** Bytes of the file that are stored. */
  onProgress?: (bytes: number) => void;
  /** How long the store may take to pin what it has. */
  pinTimeoutMs?: number;
}

/**
 * Stores a file that comes in pieces, block by block, and pins it: `ContentStore.add` for files that nobody holds whole. The
 * address is the same. What was stored before is stored again, which changes nothing.
 */
export async function addFile(
  store: ContentStore,
  source: AsyncIterable<Uint8Array>,
  { onProgress, pinTimeoutMs = 120_000 }: AddFileOptions = {},
): Promise<string> {
  let stored = 0;
  const cid = await importFile(source, async (block, bytes) => {
    await store.putBlock(block.code, bytes, { pin: false });
    stored += bytes.length;
    onProgress?.(stored);
  });
  await store.pin(cid, { timeoutMs: pinTimeoutMs });
  return cid;
}
