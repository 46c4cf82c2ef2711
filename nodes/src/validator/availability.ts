import { setTimeout as sleep } from 'node:timers/promises';
import { fetchSubmission, type ContentReader, type FetchedSubmission } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import type { Address } from 'viem';
import type { MissingContent } from '../events.ts';

export interface AvailabilityOptions {
  reader: ContentReader;
  submissions: readonly { index: number; cid: string; node: Address }[];
  /** The CID of the round's encrypted shard. */
  ciphertext: string;
  /** As in scoring: what is too large then is not asked for whole now. */
  maxSubmissionBytes: number;
  /** For each submission, and for the shard. */
  timeoutMs: number;
  /** Keeps what came, before it counts as there. */
  keep?: (cid: string, found: FetchedSubmission) => Promise<void>;
  signal?: AbortSignal | undefined;
}

/** How a validator finds out what it lacks: `checkAvailability`. */
export type Attesting = (options: AvailabilityOptions) => Promise<MissingContent>;

/** Tries for each piece of content, and fetches under way at once. */
const attempts = 3;
const atOnce = 8;
/** A time limit below this would call missing what is only slow. */
const leastTimeoutMs = 500;

/** A piece of content: a submission by its index, or the shard's ciphertext. */
interface Piece {
  index: number | null;
  cid: string;
}

/**
 * Fetches every submission and the ciphertext whole, each within a time limit; those that did not come are tried again
 * after all others, since a peer may only have been slow. A submission of which verified bytes say that it is too large or no
 * file is there: its verdict says so. Whatever else goes wrong with one piece is that piece's alone.
 */
export const checkAvailability: Attesting = async (options) => {
  const { reader, submissions, ciphertext, maxSubmissionBytes, timeoutMs, signal, keep } = options;
  const limits = { maxSubmissionBytes, timeoutMs, ...(signal ? { signal } : {}) };
  const fetchWhole = async ({ index, cid }: Piece): Promise<FetchedSubmission> =>
    index === null
      ? { bytes: await reader.get(cid, { timeoutMs, ...(signal ? { signal } : {}) }) }
      : await fetchSubmission(reader, cid, limits);
  let left: Piece[] = [{ index: null, cid: ciphertext }, ...submissions];
  const codes = new Map<Piece, string>();
  for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
    if (attempt > 0) await sleep(Math.min(timeoutMs, 500), undefined, signal ? { signal } : {});
    const failed: Piece[] = [];
    const waiting = left.values();
    const fetchNext = async () => {
      for (const piece of waiting) {
        try {
          const found = await fetchWhole(piece);
          await keep?.(piece.cid, found);
        } catch (error) {
          if (signal?.aborted) throw error;
          failed.push(piece);
          codes.set(piece, isCoveyError(error) ? error.code : 'CONTENT_BROKEN');
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, fetchNext));
    left = failed;
  }
  const missing = left.flatMap((piece) => {
    const { index, cid } = piece;
    return index === null ? [] : [{ index, cid, code: codes.get(piece) ?? 'CONTENT_NOT_FOUND' }];
  });
  return {
    ciphertextMissing: left.some(({ index }) => index === null),
    missing: missing.toSorted((a, b) => a.index - b.index),
  };
};

/**
 * The time limit for each fetch, and each pin, with which even a round full of missing ones is done in half of what is left of
 * the window: otherwise many dead submissions would keep validators from attesting at all. What comes at the last attempt
 * and is not to be pinned takes the longest.
 */
export function fairTimeout(parameters: { submissions: number; wantedMs: number; remainingMs: number }): number {
  const { submissions, wantedMs, remainingMs } = parameters;
  const inSequence = (attempts + 1) * Math.ceil((submissions + 1) / atOnce);
  return Math.min(wantedMs, Math.max(leastTimeoutMs, Math.floor(remainingMs / 2 / inSequence)));
}
