import type { TrainerStrategy } from '../strategy.ts';
import * as harm from './adaptive-harm.ts';
import * as adaptive from './adaptive-ride.ts';
import * as direction from './direction.ts';
import * as ride from './free-ride.ts';
import { honest } from './honest.ts';
import { backdoor, labelFlip } from './poison.ts';
import { invalid } from '../setting.ts';

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

/** Attackers that know the rule. */
export const adaptiveAttacks: TrainerStrategy[] = [
  adaptive.augmentedShards,
  adaptive.gradientAhead,
  adaptive.oldAndAugmented,
  adaptive.ownAndOld,
  adaptive.ownAndOpened,
  adaptive.threeEpochs,
  adaptive.pooledData,
  adaptive.pairsOfOld,
  adaptive.pairsOfBiases,
  adaptive.pairsOfLayers,
  adaptive.oneLabel,
  adaptive.tenEpochs,
  adaptive.tenthLonger,
  harm.camouflagedNoise,
  harm.camouflagedFlip,
  harm.camouflagedBackdoor,
  harm.unseenBackdoor,
  harm.shortAndPublic,
  harm.dust,
  harm.judgedLittleIsEnough,
  harm.minMax,
  harm.honestMean,
  harm.withheld,
];

export function attackNamed(name: string): TrainerStrategy {
  const found = [honest, ...referenceAttacks, ...adaptiveAttacks].find((one) => one.name === name);
  if (!found) throw invalid('there is no such attack', name);
  return found;
}
