import { readPolicy, type CoveyChain, type RoundOnChain, type ValidatorProgress } from '@covey/client';
import { scoringSeconds, type TaskDocument } from '@covey/protocol';
import type { Duty } from '../daemon/duties.ts';

/** How far a validator has committed itself. */
export type Committed = Pick<ValidatorProgress, 'attestation' | 'result'>;

/** What a validator with a seat has to do next, and when; null where nothing is left. */
export function dueOf(
  { deadlines }: Pick<RoundOnChain, 'deadlines'>,
  { attestation, result }: Committed,
): Pick<Duty, 'step' | 'opens' | 'until'> | null {
  const { validatorDraw, attest, attestReveal, key, resultCommit, resultReveal } = deadlines;
  if (attestation === 'none') return { step: 'attest', opens: validatorDraw, until: attest };
  if (attestation === 'committed') return { step: 'attest-reveal', opens: attest, until: attestReveal };
  if (result === 'none') return { step: 'result-commit', opens: key, until: resultCommit };
  return result === 'committed' ? { step: 'result-reveal', opens: resultCommit, until: resultReveal } : null;
}

/** Seconds of scoring that the slowest machine which the policy allows takes. */
export async function scoringBound(
  covey: CoveyChain,
  { policyVersion }: Pick<RoundOnChain, 'policyVersion'>,
  document: TaskDocument,
): Promise<number> {
  return Number(scoringSeconds(document, await readPolicy(covey, policyVersion)));
}
