import { roundPhases } from '@covey/contracts/abi/enums';
import type { Round } from '../../api/endpoints.ts';

type Phase = Round['phase'];

export interface RoundStep {
  name: Phase;
  /** Unix seconds of chain time: when it ended, or ends at the latest; null where it has no end yet. */
  at: number | null;
  /** `failed`: after it the round was void. */
  state: 'done' | 'current' | 'failed' | 'todo';
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

/** The steps of a round in their order; of a void one those that had ended before, of which the last one failed. */
export function roundSteps(round: Timed): RoundStep[] {
  const order = roundPhases.filter((name): name is Phase => name !== 'none' && comesTo(round, name));
  const ends = order.map((name) => ({ name, at: endOf(round, name) }));
  const { voided, phase } = round;
  const ended = ({ at }: { at: number | null }) => voided !== null && at !== null && at <= voided.at;
  const failed = voided?.reason === 'taskStopped' ? -1 : ends.findLastIndex(ended);
  const current = order.indexOf(phase);
  const stateOf = (index: number): RoundStep['state'] => {
    if (voided) return index === failed ? 'failed' : ended(ends[index] as { at: number | null }) ? 'done' : 'todo';
    return index < current || phase === 'claimable' ? 'done' : index === current ? 'current' : 'todo';
  };
  return ends.map((step, index) => ({ ...step, state: stateOf(index) }));
}
