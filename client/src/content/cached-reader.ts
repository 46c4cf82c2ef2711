import type { ContentReader, GetOptions } from './content-store.ts';

/**
 * Keeps what was read last in memory, up to `maxBytes`. Content under a CID never changes, so it is never stale.
 * A validator reads each submission twice (availability, scoring); the second time it comes from here.
 */
export function cachedReader(reader: ContentReader, maxBytes = 128 * 1024 * 1024): ContentReader {
  const kept = new Map<string, Uint8Array>();
  let total = 0;

  async function through(key: string, options: GetOptions | undefined, read: () => Promise<Uint8Array>) {
    const hit = kept.get(key);
    if (hit && (options?.maxBytes === undefined || hit.byteLength <= options.maxBytes)) {
      kept.delete(key);
      kept.set(key, hit);
      return new Uint8Array(hit);
    }
    if (hit) return await read();
    const bytes = await read();
    if (bytes.byteLength <= maxBytes && !kept.has(key)) {
      // A copy, which the `slice` of Node's own byte arrays is not.
      kept.set(key, new Uint8Array(bytes));
      total += bytes.byteLength;
      for (const [oldest, value] of kept) {
        if (total <= maxBytes) break;
        kept.delete(oldest);
        total -= value.byteLength;
      }
    }
    return bytes;
  }

  return {
    get: (cid, options) => through(`file:${cid}`, options, () => reader.get(cid, options)),
    getBlock: (cid, options) => through(`block:${cid}`, options, () => reader.getBlock(cid, options)),
  };
}
