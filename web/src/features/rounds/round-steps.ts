import { roundPhases } from '@covey/contracts/abi/enums';
import type { Round } from '../../api/endpoints.ts';

type Phase = Round['phase'];

export interface RoundStep {
  name: Phase;
  /** Unix seconds of chain time: when it ended, or ends at the latest; null where it has no end yet. */
  at: number | null;
  state: 'done' | 'current' | 'todo';
}

type Timed = Pick<
  Round,
  'phase' | 'deadlines' | 'draws' | 'attempt' | 'challenges' | 'challengeEnd' | 'rulingEnd' | 'voided'
>;

/** Phases that not every round comes to: shown where it did. */
function comesTo(round: Timed, phase: Phase): boolean {
  if (phase === 'void') return false;
  if (phase === 'validatorJoin') return round.attempt > 0;
  if (phase === 'ruling') return round.phase === 'ruling' || round.challenges.length > 0;
  return true;
}

/** A draw ends when its beacon is brought, every other step by its window. */
function endOf({ deadlines, draws, challengeEnd, rulingEnd }: Timed, phase: Phase): number | null {
  if (phase === 'trainerDraw' && draws.trainers) return draws.trainers.at;
  if (phase === 'validatorDraw' && draws.validators) return draws.validators.at;
  if (phase === 'challenge') return challengeEnd;
  if (phase === 'ruling') return rulingEnd;
  return phase in deadlines ? deadlines[phase as keyof typeof deadlines] : null;
}

/** The steps of a round in their order; of a void one those are done that had ended before. */
export function roundSteps(round: Timed): RoundStep[] {
  const order = roundPhases.filter((name): name is Phase => name !== 'none' && comesTo(round, name));
  const current = order.indexOf(round.phase);
  const { voided } = round;
  return order.map((name, index) => {
    const at = endOf(round, name);
    const done = voided ? at !== null && at <= voided.at : index < current || round.phase === 'claimable';
    return { name, at, state: done ? 'done' : index === current ? 'current' : 'todo' };
  });
}

/** Reasons that cost the task's creator its stake. */
const forfeits: readonly Round['voidReason'][] = ['keyWithheld', 'shardInvalid'];
export const forfeitsStake = (reason: Round['voidReason']): boolean => forfeits.includes(reason);
