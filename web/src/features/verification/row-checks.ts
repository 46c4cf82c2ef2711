import type { SerialisedError } from '@covey/errors';
import type { VerifyOutcome } from './messages.ts';

export interface RowCheck {
  status: 'match' | 'mismatch' | 'error';
  /** What differs, for people. */
  detail: string;
}

/** The check of each submission: from the outcome, or, when nothing could be computed, for those whose CID failed. */
export function rowChecks(
  outcome: VerifyOutcome | undefined,
  failure: Pick<SerialisedError, 'code' | 'message'> | undefined,
  submissions: readonly { index: number | null; reveal: { cid: string } | null }[],
): Map<number, RowCheck> {
  const checks = new Map<number, RowCheck>();
  for (const { index, match, differences } of outcome?.rows ?? []) {
    const detail = differences.map((item) => `${item.field}: ${item.expected} ≠ ${item.got}`).join('\n');
    checks.set(index, { status: match ? 'match' : 'mismatch', detail });
  }
  if (failure) {
    for (const { index, reveal } of submissions) {
      if (index !== null && reveal && failure.message.includes(reveal.cid)) {
        checks.set(index, { status: 'error', detail: `${failure.code}: ${failure.message}` });
      }
    }
  }
  return checks;
}
