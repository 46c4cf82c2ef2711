import { ONE } from '@covey/protocol';
import type { PolicyValues } from '@covey/protocol';
import type { ReplayRound } from '@covey/client';
import type { Standing } from './settle-under.ts';
import type { ReplayNote, RoundOutcome } from './types.ts';

/** What would have kept a round from its result; each is a note of its replay. */
export type Obstacle = Extract<ReplayNote, 'too-small' | 'unsecured' | 'repeated' | 'not-accepted'>;

/** As the contracts decide it from opening to acceptance. */
export function obstaclesOf(round: ReplayRound, policy: PolicyValues, standing: Standing): Set<Obstacle> {
  const { trainers, validators, counts, revealedSeats, agreeingSeats } = standing;
  const found = new Set<Obstacle>();
  if (round.funds.units + round.funds.common < policy.minRoundPool) found.add('too-small');
  const secured = (validators.stake * policy.securityRatio) / ONE;
  if (trainers.stake === 0n || validators.stake === 0n || secured < policy.minRoundPool) found.add('unsecured');
  if (!counts) found.add('repeated');
  const leads = agreeingSeats > 0 && 3 * agreeingSeats >= 2 * revealedSeats && 2 * revealedSeats >= validators.seats;
  if (!round.ruled && !leads) found.add('not-accepted');
  return found;
}

/**
 * Those that the round did not overcome as it was: its result was accepted, by a ruling, by nobody's challenge or in a
 * later attempt, whatever stood against it.
 */
export function newObstacles(own: ReadonlySet<Obstacle>, proposed: ReadonlySet<Obstacle>): Set<Obstacle> {
  return new Set([...proposed].filter((obstacle) => !own.has(obstacle)));
}

export function outcomeOf(obstacles: ReadonlySet<Obstacle>): RoundOutcome {
  const beforeResults = [...obstacles].some((obstacle) => obstacle !== 'not-accepted');
  return beforeResults ? 'void' : obstacles.size > 0 ? 'contested' : 'accepted';
}
