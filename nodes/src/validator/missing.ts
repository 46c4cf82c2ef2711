import { chainTime, readCounted, readPolicy, readSubmissions } from '@covey/client';
import type { CoveyChain, RoundOnChain } from '@covey/client';
import { bitmapOf, indicesOf, submissionLimit, type Missing, type TaskDocument } from '@covey/protocol';
import type { MissingContent } from '../events.ts';
import type { AttestationState } from './attestation-state.ts';
import type { AttestedContent } from './attested-content.ts';
import { fairTimeout, type Attesting } from './availability.ts';

export interface FindMissingParameters {
  covey: CoveyChain;
  info: RoundOnChain;
  document: TaskDocument;
  content: AttestedContent;
  attesting: Attesting;
  /** Milliseconds for each piece of content, where the window has room for that. */
  wantedMs: number;
  signal: AbortSignal | undefined;
}

/** Tries to fetch all that a round will be scored from, and keeps it; in half of what is left of the window. */
export async function findMissing(parameters: FindMissingParameters): Promise<MissingContent> {
  const { covey, info, document, content, attesting, wantedMs, signal } = parameters;
  const [submissions, { maxSubmissionBytes }, now] = await Promise.all([
    readSubmissions(covey, info),
    readPolicy(covey, info.policyVersion),
    chainTime(covey),
  ]);
  const remainingMs = 1000 * (info.deadlines.attest - Number(now));
  const timeoutMs = fairTimeout({ submissions: info.submissions, wantedMs, remainingMs });
  return await attesting({
    reader: content.reader(info),
    submissions,
    ciphertext: document.validation.shards[info.round]!.ciphertext,
    keep: (cid, found) => content.keep(info, cid, found, { timeoutMs, ...(signal ? { signal } : {}) }),
    maxSubmissionBytes: submissionLimit(document.architecture, maxSubmissionBytes),
    timeoutMs,
    signal,
  });
}

/** What an attestation says on chain. */
export function wordsOf({ ciphertextMissing, missing, submissions }: AttestationState): Missing {
  const indices = missing.map(({ index }) => index);
  return { ciphertextMissing, missing: bitmapOf(indices, submissions) };
}

/** What of an attestation's missing content counts; null where nothing does. It excuses who commits no result. */
export async function lackingOf(
  covey: CoveyChain,
  info: RoundOnChain,
  { ciphertextMissing, missing }: AttestationState,
): Promise<MissingContent | null> {
  const counted = new Set(missing.length === 0 ? [] : indicesOf(await readCounted(covey, info)));
  const lacking = missing.filter(({ index }) => counted.has(index));
  return ciphertextMissing || lacking.length > 0 ? { ciphertextMissing, missing: lacking } : null;
}
