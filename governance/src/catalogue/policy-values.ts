import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';

const ether = 10n ** 18n;
const day = 86_400n;

/**
 * What the numbers start as, repeated from the contract's `defaults()` because a policy has to be given its values
 * before it exists. A test holds the two equal.
 */
export const defaultPolicy: Readonly<Record<ParamName, bigint>> = {
  gamma: 0n,
  rankRatio: (9n * ether) / 10n,
  delegationWeight: ether / 2n,
  trainerStakeQuarterPower: 4n,
  validatorStakeQuarterPower: 4n,
  unlockRatio: (4n * ether) / 10n,
  vestingDuration: 30n * day,
  minTrainerStake: 1_000n * ether,
  minValidatorStake: 5_000n * ether,
  creationStake: 10_000n * ether,
  maxTrainers: 64n,
  validatorSeats: 60n,
  minWindow: 60n,
  maxWindow: 7n * day,
  challengeWindow: day,
  disputeWindow: 7n * day,
  availabilityThreshold: 666666666666666666n,
  acceptanceThreshold: 666666666666666666n,
  validatorQuorum: ether / 2n,
  challengeBond: 2_000n * ether,
  unstakeCooldown: 56n * day,
  appealWindow: 3n * day,
  slashResultMismatch: (3n * ether) / 10n,
  slashNoReveal: ether / 20n,
  slashUnavailable: ether / 20n,
  reporterShare: ether / 10n,
  arenaMargin: ether / 1_000n,
  marketFee: ether / 40n,
  maxSubmissionBytes: 67_108_864n,
  slashSilence: ether / 100n,
  minDelegation: 10n * ether,
  maxCommission: ether / 2n,
  commissionNotice: 7n * day,
  rewardStream: 7n * day,
  emissionDaily: 1_500_000n * ether,
  emissionDecay: (9n * ether) / 10n,
  emissionPeriod: 30n,
  taskStakeQuarterPower: 2n,
  policyNotice: 3_600n,
};

/** All values in the order that the contract wants, the defaults but for what is named here. */
export const policyValues = (changed: Partial<Record<ParamName, bigint>> = {}): bigint[] =>
  params.map((param) => changed[param] ?? defaultPolicy[param]);
