import type { DutyStep } from './duties.ts';

/** Gas of a step, the dearest of its kind, as docs/reference/gas.md has it, rounded up. */
const gasOf: Record<DutyStep | 'claim', bigint> = {
  commit: 80_000n,
  reveal: 60_000n,
  attest: 80_000n,
  'attest-reveal': 210_000n,
  'result-commit': 82_000n,
  'result-reveal': 135_000n,
  'publish-key': 96_000n,
  claim: 174_000n,
};

const trainer = ['commit', 'reveal', 'claim'] as const;
const validator = ['attest', 'attest-reveal', 'result-commit', 'result-reveal', 'claim'] as const;

/** Gas that a round may still need from a step on. */
export function gasFrom(step: DutyStep): bigint {
  const all: readonly (DutyStep | 'claim')[] = [trainer, validator].find((steps) =>
    (steps as readonly string[]).includes(step),
  ) ?? [step];
  return all.slice(all.indexOf(step)).reduce((sum, one) => sum + gasOf[one], 0n);
}

/** Gas of a whole round of who needs most of it, joining included. */
export const gasOfRound = 98_000n + gasFrom('attest');
