import { clientError } from '../errors.ts';
import { maxBlockBytes } from './content-store.ts';

/**
 * Reads the body of an answer that should be one block. What a server states or sends proves nothing about the content
 * that was asked for: more than a block can have is not read, and a transfer that breaks is one that may be tried again.
 */
export async function readBlock(response: Response, cid: string, signal: AbortSignal): Promise<Uint8Array> {
  const stated = Number(response.headers.get('content-length') ?? 0);
  if (stated > maxBlockBytes) {
    await discard(response);
    throw notABlock(cid, `${stated} bytes, as the server states`);
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      signal.throwIfAborted();
      throw clientError('CONTENT_BROKEN', `The transfer of ${cid} broke off.`, { got: `${total} bytes`, cause });
    });
    if (done) break;
    total += value.byteLength;
    if (total > maxBlockBytes) {
      await reader.cancel().catch(() => undefined);
      throw notABlock(cid, 'more');
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** Drops a body that nobody reads, so that its connection can be used again. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** What came for a CID cannot be a block, whatever it hashes to. */
export function notABlock(cid: string, got: string): Error {
  return clientError('CONTENT_BROKEN', `What came for ${cid} is no block.`, {
    expected: `at most ${maxBlockBytes} bytes`,
    got,
  });
}
