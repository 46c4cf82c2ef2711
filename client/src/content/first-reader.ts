import { isClientError } from '../errors.ts';
import { defaultTimeoutMs, type ContentReader, type GetOptions } from './content-store.ts';

/**
 * Asks one source after the other until one has the content. What verified bytes say of the content itself (too large, not
 * a file) is the answer of all; whatever else goes wrong is the fault of that source. The first error is given where none
 * has it: sources come in the order in which they matter. They share `timeoutMs`: each may take its part of what is left.
 */
export function firstReader(readers: readonly ContentReader[]): ContentReader {
  async function first<T>(
    options: GetOptions = {},
    read: (reader: ContentReader, options: GetOptions) => Promise<T>,
  ): Promise<T> {
    const end = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
    let failure: unknown;
    for (const [i, reader] of readers.entries()) {
      const timeoutMs = Math.max(1, Math.floor((end - performance.now()) / (readers.length - i)));
      try {
        return await read(reader, { ...options, timeoutMs });
      } catch (error) {
        options.signal?.throwIfAborted();
        if (isClientError(error, 'CONTENT_TOO_LARGE', 'CONTENT_NOT_A_FILE', 'CONTENT_BAD_CID')) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }
  return {
    get: (cid, options) => first(options, (reader, limits) => reader.get(cid, limits)),
    getBlock: (cid, options) => first(options, (reader, limits) => reader.getBlock(cid, limits)),
  };
}
