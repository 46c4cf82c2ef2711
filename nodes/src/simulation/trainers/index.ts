import type { TrainerStrategy } from '../strategy.ts';
import * as harm from './adaptive-harm.ts';
import * as adaptive from './adaptive-ride.ts';
import * as direction from './direction.ts';
import * as ride from './free-ride.ts';
import { honest } from './honest.ts';
import { backdoor, labelFlip } from './poison.ts';
import { nodeError } from '../../errors.ts';

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

/** As a command line has it: `sign flip ×4` is `sign-flip-4`. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** By its name, or as a command line has it. */
export function attackNamed(name: string): TrainerStrategy {
  const all = [honest, ...referenceAttacks, ...adaptiveAttacks];
  const found = all.find((one) => one.name === name || slugOf(one.name) === name);
  if (found) return found;
  const expected = all.map((one) => slugOf(one.name)).join(', ');
  throw nodeError('CONFIG_INVALID', 'There is no such strategy.', { expected, got: name });
}
