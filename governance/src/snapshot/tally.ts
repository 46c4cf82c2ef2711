import { parseChoice } from './choice.ts';
import type { Choice } from './choice.ts';
import { instantRunoff } from './instant-runoff.ts';
import type { ProposalType } from './proposal-types.ts';
import { quadraticScores, weightedScores } from './weights.ts';

/** One voter's latest vote: the choice as it was signed (see `parseChoice`), power in wei. */
export interface CountedVote {
  choice: Choice | string;
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

/**
 * Counts votes as snapshot.js does, but in whole numbers: to the wei for single-choice, basic, approval and
 * ranked-choice; rounded down for weighted and quadratic. That a later vote replaces an earlier one is the caller's
 * part: one vote a voter comes in.
 */
export function tally({ type, choices, votes }: TallyParameters): TallyReturnType {
  const ballots = votes.map(({ choice, power }) => ({ choice: parseChoice(type, choices, choice), power }));
  const total = ballots.reduce((sum, { power }) => sum + power, 0n);
  // The casts say what parseChoice has shown of each type.
  switch (type) {
    case 'single-choice':
    case 'basic':
    case 'approval': {
      const scores = choices.map(() => 0n);
      for (const { choice, power } of ballots) {
        for (const number of [choice].flat() as number[]) scores[number - 1] = (scores[number - 1] ?? 0n) + power;
      }
      return { scores, total };
    }
    case 'ranked-choice':
      return { scores: instantRunoff(choices.length, ballots as { choice: number[]; power: bigint }[]), total };
    case 'weighted':
      return { scores: weightedScores(choices.length, ballots as WeightedBallots), total };
    case 'quadratic':
      return { scores: quadraticScores(choices.length, ballots as WeightedBallots), total };
  }
}

type WeightedBallots = { choice: Record<string, number>; power: bigint }[];
