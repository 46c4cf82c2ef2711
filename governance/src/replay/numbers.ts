import type { ParamName } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import type { PolicySetting } from '../catalogue/policy.ts';
import { governanceError } from '../errors.ts';
import type { Changes, NotReplayed, ReplayedBy } from './types.ts';

/** What each governed number is replayed by, or why it cannot be. */
const numbers: Record<ParamName, ReplayedBy | Omit<NotReplayed, 'param'>> = {
  rankRatio: 'rounds',
  delegationWeight: 'rounds',
  trainerShare: 'rounds',
  roundFee: 'rounds',
  securityRatio: 'rounds',
  creationRatio: 'rounds',
  unlockRatio: 'rounds',
  arenaMargin: 'rounds',
  minTrainerStake: 'rounds',
  minValidatorStake: 'rounds',
  minRoundPool: 'rounds',
  trainerSeats: 'rounds',
  validatorSeats: 'rounds',
  slashResultMismatch: 'cases',
  slashNoReveal: 'cases',
  slashUnavailable: 'cases',
  slashSilence: 'cases',
  reporterCap: 'cases',
  challengerShare: 'cases',
  marketFee: 'purchases',
  emissionDaily: 'emission',
  emissionDecay: 'emission',
  emissionPeriod: 'emission',
  vestingDuration: timing('The vested part is the same and unlocks over another time.'),
  minWindow: timing('Bounds the windows that tasks may ask for; those of past rounds stand in their tasks.'),
  maxWindow: timing('Bounds the windows that tasks may ask for; those of past rounds stand in their tasks.'),
  beaconWindow: timing('A beacon may be brought for another time; draws that were made had theirs.'),
  challengeWindow: timing('Results could be challenged for another time; claims open earlier or later.'),
  rulingWindow: timing('The DAO has another time to rule; which challenges it would rule on then is open.'),
  maxIdle: timing('Tasks that wait may be ended earlier or later.'),
  caseWindow: timing('Cases may be opened for another time, and stake stays bound as long.'),
  appealWindow: timing('The DAO has another time to overturn a case.'),
  unstakeCooldown: timing('Stake leaves earlier or later.'),
  commissionNotice: timing('A higher commission holds earlier or later.'),
  rewardStream: timing('Delegators get the same over another time.'),
  policyNotice: timing('Decided numbers hold earlier or later.'),
  deliveryWindow: timing('Sellers have another time to deliver; orders that were made had theirs.'),
  disputeWindow: timing('Buyers have another time to dispute; orders that were made had theirs.'),
  listingFee: behaviour('Who would still have listed a model for another fee is open.'),
  sellerBond: behaviour('Who would still have sold a sealed model for another bond is open.'),
  creationStake: behaviour('Who would still have proposed a task for another stake is open.'),
  challengeBond: behaviour('Who would have challenged for another bond is open.'),
  minDelegation: behaviour('Who would have delegated more or nothing is open; stakes of past rounds are as they were.'),
  maxCommission: behaviour('Bounds what nodes announce from then on; a commission that was announced stands.'),
  minHostStake: behaviour('Which nodes would have served for another stake is open.'),
  answerBond: behaviour('Who would have accused or contested for another bond is open.'),
  slashWrongAnswer: behaviour(
    'Cases about hosts take another part of what they had bound; who would have served is open.',
  ),
  channelWindow: timing('Channels could be closed earlier or later.'),
  scoringRate: behaviour('Which tasks nodes would have joined or left out is open; results are the same.'),
  maxSubmissionBytes: {
    reason: 'content',
    detail: 'A submission that was too large was never scored; for a smaller limit the files would have to be read.',
  },
};

function timing(detail: string): Omit<NotReplayed, 'param'> {
  return { reason: 'timing', detail };
}

function behaviour(detail: string): Omit<NotReplayed, 'param'> {
  return { reason: 'behaviour', detail };
}

/**
 * Sorts proposed numbers into what replays them; a number set twice counts as the contract takes it, the last time.
 * GOV_INVALID_ARGUMENT where the contract would not take one.
 */
export function replayPlan(settings: readonly PolicySetting[]): {
  changes: Changes;
  by: ReadonlySet<ReplayedBy>;
  notReplayed: NotReplayed[];
} {
  const changes: Changes = Object.fromEntries(settings.map(({ param, value }) => [param, value]));
  const by = new Set<ReplayedBy>();
  const notReplayed: NotReplayed[] = [];
  for (const [param, value] of Object.entries(changes) as [ParamName, bigint][]) {
    const { min, max } = policyNumbers[param];
    if (value < min || value > max) {
      throw governanceError('GOV_INVALID_ARGUMENT', `The policy takes no such ${param}.`, {
        expected: `${min} to ${max}`,
        got: String(value),
      });
    }
    const about = numbers[param];
    if (typeof about === 'string') by.add(about);
    else notReplayed.push({ param, ...about });
  }
  return { changes, by, notReplayed };
}
