import { isClientError } from '../errors.ts';
import type { ContentReader } from './content-store.ts';

/**
 * A submission's bytes, whole; null where they can have no say. What is wrong with the content itself (too large, not a file) is the same for
 * everybody and gets a verdict in scoring, so it counts as available; what cannot be reached throws.
 */
export async function fetchSubmission(
  reader: ContentReader,
  cid: string,
  options: { maxSubmissionBytes: number; timeoutMs: number; signal?: AbortSignal },
): Promise<Uint8Array | null> {
  const { maxSubmissionBytes: maxBytes, timeoutMs, signal } = options;
  try {
    return await reader.get(cid, { maxBytes, timeoutMs, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (!isClientError(error, 'CONTENT_TOO_LARGE', 'CONTENT_NOT_A_FILE')) throw error;
    return null;
  }
}
