import { setTimeout as sleep } from 'node:timers/promises';
import { fetchSubmission, isClientError, type ContentReader } from '@covey/client';

export interface AvailabilityOptions {
  reader: ContentReader;
  submissions: readonly { index: number; cid: string }[];
  maxSubmissionBytes: number;
  /** For each submission. */
  timeoutMs: number;
  /** Keeps what came, before it counts as there. */
  keep?: (cid: string, bytes: Uint8Array) => Promise<void>;
  signal?: AbortSignal;
}

export interface Availability {
  /** Bit i of word w: submission 256·w + i could be fetched whole (or is too large to be asked for whole). */
  bitmap: bigint[];
  missing: { index: number; cid: string; code: string }[];
}

/** Tries for each submission, and fetches under way at once. */
const attempts = 3;
const atOnce = 8;
/** A time limit below this would call missing what is only slow. */
const leastTimeoutMs = 500;

/**
 * Fetches every submission, each within a time limit; those that did not come are tried again after all others,
 * since a peer may only have been slow.
 */
export async function checkAvailability(options: AvailabilityOptions): Promise<Availability> {
  const { reader, submissions, maxSubmissionBytes, timeoutMs, signal, keep } = options;
  const limits = { maxSubmissionBytes, timeoutMs, ...(signal ? { signal } : {}) };
  let missing: Availability['missing'] = submissions.map(({ index, cid }) => ({
    index,
    cid,
    code: 'CONTENT_NOT_FOUND',
  }));
  for (let attempt = 0; attempt < attempts && missing.length > 0; attempt++) {
    if (attempt > 0) await sleep(Math.min(timeoutMs, 500), undefined, signal ? { signal } : {});
    const failed: Availability['missing'] = [];
    const waiting = missing.values();
    const fetchNext = async () => {
      for (const { index, cid } of waiting) {
        try {
          const bytes = await fetchSubmission(reader, cid, limits);
          if (bytes) await keep?.(cid, bytes);
        } catch (error) {
          if (signal?.aborted || !isClientError(error)) throw error;
          failed.push({ index, cid, code: error.code });
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, fetchNext));
    missing = failed.toSorted((a, b) => a.index - b.index);
  }
  const absent = new Set(missing.map(({ index }) => index));
  const bitmap = Array.from({ length: Math.ceil(submissions.length / 256) }, () => 0n);
  for (const { index } of submissions) {
    if (!absent.has(index)) bitmap[index >> 8] = (bitmap[index >> 8] ?? 0n) | (1n << BigInt(index & 255));
  }
  return { bitmap, missing };
}

/**
 * The time limit for each submission with which even a round full of missing ones is done in half of what is left of the
 * window: otherwise many dead submissions would keep validators from attesting at all.
 */
export function fairTimeout(parameters: { submissions: number; wantedMs: number; remainingMs: number }): number {
  const { submissions, wantedMs, remainingMs } = parameters;
  const inSequence = attempts * Math.max(1, Math.ceil(submissions / atOnce));
  return Math.min(wantedMs, Math.max(leastTimeoutMs, Math.floor(remainingMs / 2 / inSequence)));
}
