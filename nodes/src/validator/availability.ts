import { isNodeError } from '../errors.ts';
import type { ContentReader } from '../content/content-store.ts';
import { fetchSubmission } from '../content/fetch-submission.ts';

export interface AvailabilityOptions {
  reader: ContentReader;
  submissions: readonly { index: number; cid: string | null }[];
  maxSubmissionBytes: number;
  /** For each submission. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Availability {
  /** Bit i is set when submission i could be fetched whole (or is too large to be asked for whole). */
  bitmap: bigint;
  missing: { index: number; cid: string; code: string }[];
}

/** Fetches every revealed submission, all at once, each within a time limit. */
export async function checkAvailability(options: AvailabilityOptions): Promise<Availability> {
  const { reader, submissions, maxSubmissionBytes, timeoutMs, signal } = options;
  const revealed = submissions.flatMap(({ index, cid }) => (cid === null ? [] : [{ index, cid }]));
  const outcomes = await Promise.all(
    revealed.map(async ({ index, cid }) => {
      try {
        await fetchSubmission(reader, cid, { maxSubmissionBytes, timeoutMs, ...(signal ? { signal } : {}) });
        return { index, cid, code: null };
      } catch (error) {
        if (signal?.aborted) throw error;
        if (!isNodeError(error)) throw error;
        return { index, cid, code: error.code };
      }
    }),
  );
  return {
    bitmap: outcomes.reduce((bits, { index, code }) => (code === null ? bits | (1n << BigInt(index)) : bits), 0n),
    missing: outcomes.flatMap(({ index, cid, code }) => (code === null ? [] : [{ index, cid, code }])),
  };
}
