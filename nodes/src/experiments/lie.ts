import { claimsOf, summariseResult, type ResultDocument, type SummarisedResult } from '@covey/protocol';
import type { Scoring } from '../validator/scoring.ts';
import type { ValidatorOptions } from '../validator/options.ts';

/** A validator that reports another result than the one computed, and nobody else; its model is the honest one. */
export function liar(score: Scoring): Pick<ValidatorOptions, 'score' | 'reportOffenders' | 'challenge'> {
  return {
    async score(parameters) {
      const honest = await score(parameters);
      return { ...honest, ...lieAbout(honest.document) };
    },
    reportOffenders: false,
    challenge: false,
  };
}

/**
 * Favours the worst-ranked submission by giving it twice the best weight, in a document that is well-formed and whose sums
 * agree, so that only recomputing the scores shows the lie. Where nobody earned anything, it claims one sample more than
 * were right.
 */
export function lieAbout(honest: ResultDocument): SummarisedResult {
  const valid = honest.submissions.filter(({ verdict }) => verdict === 'valid');
  const most = valid.reduce((best, { weight }) => (BigInt(weight) > best ? BigInt(weight) : best), 0n);
  const favoured = valid.toSorted((a, b) => (b.rank ?? 0) - (a.rank ?? 0))[0];
  const raised = String(2n * most + 1n);
  const submissions = honest.submissions.map((submission) => {
    if (submission.index !== favoured?.index) return submission;
    // By contribution a weight is the contribution itself.
    return { ...submission, weight: raised, ...(honest.ranking === 'contribution' && { contribution: raised }) };
  });
  return summariseResult({
    ...honest,
    submissions,
    shard: favoured ? honest.shard : { ...honest.shard, samples: (honest.shard.samples ?? 0) + 1 },
    claims: claimsOf({ ...honest, submissions }).totals,
  });
}
