/** One voter's ranking of all choices (from 1), the best first, with its power in wei. */
export interface Ballot {
  choice: readonly number[];
  power: bigint;
}

export interface RunoffRound {
  /** Wei of the ballots on which the choice is the best of those left, strongest first; of equals the lowest number. */
  standings: { choice: number; score: bigint }[];
  /** The choice that goes after this round; none in the last one. */
  struck?: number;
}

/**
 * Ranked choice by instant runoff, as snapshot.js counts it (its src/voting/rankedChoice.ts): round after round the
 * weakest choice is struck from all ballots, until one has more than half or only two are left. Of equally weak ones the
 * lowest number goes first.
 */
export function runoffRounds(choices: number, ballots: readonly Ballot[]): RunoffRound[] {
  const total = ballots.reduce((sum, { power }) => sum + power, 0n);
  let left = ballots.length === 0 ? [] : Array.from({ length: choices }, (_, index) => index + 1);
  const rounds: RunoffRound[] = [];
  for (;;) {
    const scores = new Map(left.map((choice) => [choice, 0n]));
    for (const { choice, power } of ballots) {
      const first = choice.find((number) => scores.has(number));
      if (first !== undefined) scores.set(first, (scores.get(first) ?? 0n) + power);
    }
    const standings = [...scores]
      .map(([choice, score]) => ({ choice, score }))
      .sort((a, b) => (a.score === b.score ? a.choice - b.choice : a.score < b.score ? 1 : -1));
    const best = standings[0]?.score ?? 0n;
    if (2n * best > total || left.length < 3) return [...rounds, { standings }];
    const weakest = standings.at(-1)?.score;
    // There are at least three here, and the lowest number of the weakest ones is the first that has this score.
    const struck = standings.find(({ score }) => score === weakest)?.choice ?? 0;
    rounds.push({ standings, struck });
    left = left.filter((choice) => choice !== struck);
  }
}

/** Wei of each choice in the last round; what was struck has 0. */
export function instantRunoff(choices: number, ballots: readonly Ballot[]): bigint[] {
  const last = new Map(
    runoffRounds(choices, ballots)
      .at(-1)
      ?.standings.map(({ choice, score }) => [choice, score]),
  );
  return Array.from({ length: choices }, (_, index) => last.get(index + 1) ?? 0n);
}
