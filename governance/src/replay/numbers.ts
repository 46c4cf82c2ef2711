import type { ParamName } from '@covey/contracts/abi/enums';
import type { PolicySetting } from '../catalogue/policy.ts';
import type { Changes, NotReplayed, ReplayedBy } from './types.ts';

/** What each governed number is replayed by, or why it cannot be. */
const numbers: Record<ParamName, ReplayedBy | Omit<NotReplayed, 'param'>> = {
  gamma: 'rounds',
  rankRatio: 'rounds',
  delegationWeight: 'rounds',
  trainerStakeQuarterPower: 'rounds',
  validatorStakeQuarterPower: 'rounds',
  unlockRatio: 'rounds',
  minTrainerStake: 'rounds',
  minValidatorStake: 'rounds',
  maxTrainers: 'rounds',
  availabilityThreshold: 'rounds',
  acceptanceThreshold: 'rounds',
  validatorQuorum: 'rounds',
  arenaMargin: 'rounds',
  slashResultMismatch: 'cases',
  slashNoReveal: 'cases',
  slashUnavailable: 'cases',
  slashSilence: 'cases',
  reporterShare: 'cases',
  marketFee: 'purchases',
  emissionDaily: 'emission',
  emissionDecay: 'emission',
  emissionPeriod: 'emission',
  taskStakeQuarterPower: 'emission',
  vestingDuration: timing('The vested part is the same and unlocks over another time.'),
  minWindow: timing('Bounds the windows that tasks may ask for; those of past rounds stand in their tasks.'),
  maxWindow: timing('Bounds the windows that tasks may ask for; those of past rounds stand in their tasks.'),
  challengeWindow: timing('Results could be challenged for another time; claims open earlier or later.'),
  disputeWindow: timing('The DAO has another time to rule; which disputes it would rule on then is open.'),
  appealWindow: timing('The DAO has another time to overturn a case.'),
  unstakeCooldown: timing('Stake leaves earlier or later.'),
  commissionNotice: timing('A higher commission holds earlier or later.'),
  rewardStream: timing('Delegators get the same over another time.'),
  policyNotice: timing('Decided numbers hold earlier or later.'),
  creationStake: behaviour('Who would still have proposed a task for another stake is open.'),
  challengeBond: behaviour('Who would have challenged for another bond is open.'),
  minDelegation: behaviour('Who would have delegated more or nothing is open; stakes of past rounds are as they were.'),
  maxCommission: behaviour('Bounds what nodes announce from then on; a commission that was announced stands.'),
  validatorSeats: behaviour('Other seats are drawn for others, of whom nobody knows what they would have revealed.'),
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

/** Sorts proposed numbers into what replays them; a number set twice counts as the contract takes it, the last time. */
export function replayPlan(settings: readonly PolicySetting[]): {
  changes: Changes;
  by: ReadonlySet<ReplayedBy>;
  notReplayed: NotReplayed[];
} {
  const changes: Changes = Object.fromEntries(settings.map(({ param, value }) => [param, value]));
  const by = new Set<ReplayedBy>();
  const notReplayed: NotReplayed[] = [];
  for (const param of Object.keys(changes) as ParamName[]) {
    const about = numbers[param];
    if (typeof about === 'string') by.add(about);
    else notReplayed.push({ param, ...about });
  }
  return { changes, by, notReplayed };
}
