/**
 * How validators are sampled: seats drawn by stake, exactly as RoundManager does it (systematic sampling, Madow 1949).
 * Candidates lie end to end on a line as long as the sum of their effective stakes; the points
 * (j·length + offset)/seats, j = 0 … seats − 1, each fall into one candidate's interval.
 */
export interface SeatDraw {
  /** In [0, candidateStake), from the seed; wei. */
  offset: bigint;
  /** Length of the line: Σ effective stake of the candidates in wei. */
  candidateStake: bigint;
  seats: number;
}

/** Seats of the candidate whose interval is [end − stake, end), in wei. */
export function seatsOf({ end, stake }: { end: bigint; stake: bigint }, draw: SeatDraw): number {
  return Number(pointsBelow(end, draw) - pointsBelow(end - stake, draw));
}

/** How many points lie below x. */
function pointsBelow(x: bigint, { offset, candidateStake, seats }: SeatDraw): bigint {
  const scaled = x * BigInt(seats) - offset;
  return scaled <= 0n ? 0n : (scaled + candidateStake - 1n) / candidateStake;
}

export interface CountParameters {
  /** How many submissions were revealed. */
  submissions: number;
  seats: number;
  /** Who attested: with how many seats, and which submissions they had. */
  attestations: readonly { seats: number; available: ReadonlySet<number> }[];
  /** The round's policy, scaled by 1e18. */
  policy: { availabilityThreshold: bigint; validatorQuorum: bigint };
}

const ONE = 10n ** 18n;

/** Indices of the submissions that count: enough attesting seats had them, and enough seats attested at all. */
export function countedSubmissions({ submissions, seats, attestations, policy }: CountParameters): number[] {
  const attested = attestations.reduce((sum, entry) => sum + entry.seats, 0);
  if (attested === 0 || BigInt(attested) * ONE < policy.validatorQuorum * BigInt(seats)) return [];
  const needed = policy.availabilityThreshold * BigInt(attested);
  return Array.from({ length: submissions }, (_, index) => index).filter((index) => {
    const having = attestations.reduce((sum, entry) => sum + (entry.available.has(index) ? entry.seats : 0), 0);
    return BigInt(having) * ONE >= needed;
  });
}

/** Indices whose bits are set in an attestation's words, 256 a word. */
export function indicesOf(words: readonly bigint[]): number[] {
  return words.flatMap((word, w) => {
    const indices: number[] = [];
    for (let bit = 0; bit < 256; bit++) if ((word >> BigInt(bit)) & 1n) indices.push(256 * w + bit);
    return indices;
  });
}
