import { effectiveStake, seatsOf } from '@covey/protocol';
import type { DrawnRole, PolicyValues } from '@covey/protocol';
import type { ReplayCandidate, ReplayRound } from '@covey/client';

/** Who stands on a role's line under some policy, with the seats that it drew there. */
export interface Drawn<T extends ReplayCandidate> {
  candidate: T;
  seats: number;
  /** Its own stake is below the least. */
  refused: boolean;
}

export interface Draw<T extends ReplayCandidate> {
  drawn: Drawn<T>[];
  /** Length of the line in wei. */
  stake: bigint;
  /** Seats of the role, whoever has them. */
  seats: number;
  /** The line or its seats are not those of the round: drawn with the round's seed, in the order of joining. */
  again: boolean;
}

/** The draw of a role as the round made it, or again where the policy changes who stands on the line or how long. */
export function drawUnder<T extends ReplayCandidate>(
  round: ReplayRound,
  role: DrawnRole,
  policy: PolicyValues,
  candidates: readonly T[],
): Draw<T> {
  const least =
    role === 'trainer'
      ? larger(round.minTrainerStake, policy.minTrainerStake)
      : larger(round.minValidatorStake, policy.minValidatorStake);
  const line = candidates.map((candidate) => ({
    candidate,
    refused: candidate.stake.own < least,
    length: effective(candidate, policy),
  }));
  const standing = line.filter(({ refused }) => !refused);
  const candidateStake = standing.reduce((sum, { length }) => sum + length, 0n);
  const seats = Number(policy[`${role}Seats`]);
  const again =
    seats !== round[`${role}Seats`] ||
    line.some(({ candidate, refused, length }) => refused || length !== effective(candidate, round.policy));
  const seed = round[`${role}Seed`];
  let end = 0n;
  const drawn = line.map(({ candidate, refused, length }): Drawn<T> => {
    if (!again) return { candidate, refused, seats: candidate.seats };
    if (refused || seed === null || candidateStake === 0n) return { candidate, refused, seats: 0 };
    end += length;
    return { candidate, refused, seats: seatsOf({ end, stake: length }, { seed, role, candidateStake, seats }) };
  });
  return { drawn, stake: candidateStake, seats, again };
}

export const effective = ({ stake }: Pick<ReplayCandidate, 'stake'>, policy: PolicyValues): bigint =>
  effectiveStake(stake.own, stake.delegated, policy.delegationWeight);

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
