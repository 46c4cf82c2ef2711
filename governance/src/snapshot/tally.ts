import { GovernanceError } from '../errors.ts';
import type { ProposalType } from './types.ts';

/** One voter's latest vote: the choice as it was signed, power in wei. */
export interface CountedVote {
  choice: number | number[] | string;
  power: bigint;
}

export interface TallyParameters {
  type: ProposalType;
  choices: readonly string[];
  votes: readonly CountedVote[];
}

export interface TallyReturnType {
  /** Wei of voting power for each choice, in the order of the choices. */
  scores: bigint[];
  /** Wei of voting power of all counted votes. */
  total: bigint;
}

const invalid = (choice: unknown, expected: string): GovernanceError =>
  new GovernanceError('GOV_CHOICE_INVALID', 'The vote names no choice of the proposal.', { expected, got: choice });

/** Types that are counted in whole wei. The others need fractions, on whose last digits implementations differ. */
export const countedTypes = ['single-choice', 'basic', 'approval'] as const satisfies readonly ProposalType[];

function assertCounted(type: ProposalType): asserts type is (typeof countedTypes)[number] {
  if (!(countedTypes as readonly string[]).includes(type)) {
    throw new GovernanceError('GOV_TALLY_UNSUPPORTED', `Proposals of the type ${type} are not counted.`, {
      expected: countedTypes,
      got: type,
    });
  }
}

/** The choices (from 1) that a vote backs; throws when it is not a valid vote on such a proposal. */
export function backedChoices(type: ProposalType, choices: readonly string[], choice: unknown): number[] {
  assertCounted(type);
  const exists = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= choices.length;
  const range = `1 to ${choices.length}`;
  if (type !== 'approval') {
    if (!exists(choice)) throw invalid(choice, range);
    return [choice];
  }
  if (!Array.isArray(choice) || !choice.every(exists) || new Set(choice).size !== choice.length) {
    throw invalid(choice, `different numbers, each ${range}`);
  }
  return choice;
}

/** Counts votes exactly. That a later vote replaces an earlier one is the caller's part: one vote a voter comes in. */
export function tally({ type, choices, votes }: TallyParameters): TallyReturnType {
  assertCounted(type);
  const scores = choices.map(() => 0n);
  let total = 0n;
  for (const { choice, power } of votes) {
    for (const index of backedChoices(type, choices, choice)) scores[index - 1] = (scores[index - 1] ?? 0n) + power;
    total += power;
  }
  return { scores, total };
}
