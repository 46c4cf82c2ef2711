import { isClientError } from '../errors.ts';
import type { ContentReader } from './content-store.ts';

const faults = ['CONTENT_TOO_LARGE', 'CONTENT_NOT_A_FILE'] as const;

/** What verified bytes say is wrong with content itself: the same for everybody, and so a verdict in scoring. */
export type ContentFault = (typeof faults)[number];

/** A submission's bytes, or why it has none under this limit. */
export type FetchedSubmission = { bytes: Uint8Array } | { fault: ContentFault; maxBytes: number };

/** A submission, whole, or the fault that gives it its verdict; what cannot be reached throws. */
export async function fetchSubmission(
  reader: ContentReader,
  cid: string,
  options: { maxSubmissionBytes: number; timeoutMs: number; signal?: AbortSignal },
): Promise<FetchedSubmission> {
  const { maxSubmissionBytes: maxBytes, timeoutMs, signal } = options;
  try {
    return { bytes: await reader.get(cid, { maxBytes, timeoutMs, ...(signal ? { signal } : {}) }) };
  } catch (error) {
    const fault = faults.find((code) => isClientError(error, code));
    if (fault === undefined) throw error;
    return { fault, maxBytes };
  }
}
