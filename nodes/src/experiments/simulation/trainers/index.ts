import type { TrainerStrategy } from '../strategy.ts';
import * as direction from './direction.ts';
import * as ride from './free-ride.ts';
import { honest } from './honest.ts';
import { backdoor, labelFlip } from './poison.ts';

export { honest };

/** The reference's study, in its order. */
export const referenceAttacks: TrainerStrategy[] = [
  labelFlip,
  direction.signFlip,
  direction.signFlip4,
  direction.gaussian,
  direction.littleIsEnough,
  direction.innerProductHalf,
  direction.innerProductTen,
  direction.mimic,
  direction.zeros,
  direction.lastDelta,
  direction.baseAsDelta,
  ride.openedShards,
  direction.boost,
  backdoor,
  direction.largeValue,
  ride.lazy,
  ride.replayOne,
  ride.replayThree,
  ride.openedSubset,
  ride.openedShifted,
  ride.openedGradient,
  ride.oldAgreeing,
  direction.lessPublic,
  direction.ownGradient,
];
