import type { CheckList } from './check-list.ts';
import type { RoundSummary } from './summary.ts';

/** What the hostile nodes must get, and what the honest ones earn, in every round. */
export function checkVerdicts(checks: CheckList, rounds: RoundSummary[]): void {
  const expected: Record<string, string[]> = {
    'poisoner (label flip)': ['no-contribution'],
    'sender of garbage': ['not-safetensors'],
    copier: ['duplicate'],
  };
  for (const [who, verdicts] of Object.entries(expected)) {
    const got = rounds.map(({ submissions }) => submissions.find((s) => s.plays === who)?.verdict);
    checks.expect(
      `the ${who} earns nothing`,
      got.every((verdict) => verdicts.includes(verdict ?? '')),
      got.join(', '),
    );
  }
  const honest = rounds.map(
    ({ submissions }) => submissions.filter((s) => s.plays === 'honest trainer' && s.verdict === 'valid').length,
  );
  checks.expect(
    'most honest nodes earn in every round',
    honest.every((count) => count >= 3),
    honest.join(', '),
  );
}
