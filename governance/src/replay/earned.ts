import { emissionScheduleConstants, stakeAllocationsConstants } from '@covey/contracts/abi/constants';
import { ONE } from '@covey/protocol';
import type { PolicyValues } from '@covey/protocol';
import { secondsADay, type ReplayEmission } from '@covey/client';

export type EmissionPolicy = Pick<PolicyValues, 'emissionDaily' | 'emissionDecay' | 'emissionPeriod'>;

const scale = stakeAllocationsConstants.INTEGRAL_SCALE * secondsADay * emissionScheduleConstants.ONE;

/** ratio^exponent by squaring, low bits first, floored at each multiplication, as the contract does it. */
function power(ratio: bigint, exponent: bigint): bigint {
  let result = ONE;
  let square = ratio;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) / ONE;
    square = (square * square) / ONE;
  }
  return result;
}

/** EmissionSchedule.amount: what a day may emit, in wei, by the days before it and what the community share has left. */
export function emissionAmount(day: bigint, remaining: bigint, policy: EmissionPolicy): bigint {
  const { emissionDaily, emissionDecay, emissionPeriod } = policy;
  const scheduled = (emissionDaily * power(emissionDecay, day / emissionPeriod)) / ONE;
  const lost = ONE - emissionDecay;
  return least(scheduled, (remaining * lost) / (emissionPeriod * ONE - (day % emissionPeriod) * lost));
}

/** What a round's emission follows from beside its span: the stake and seats that worked, and what its verdict could lose. */
export interface Earner {
  trainers: { stake: bigint; seats: number; paidSeats: number };
  validators: { stake: bigint; seats: number; agreeingSeats: number };
  stakeBehind: bigint;
}

/**
 * What a finalized round earns, in wei, day by day over its span. What other rounds had taken of a day is left out: all
 * their shares stay within it by themselves, unless stake left while it was bound.
 */
export function earnedUnder(
  emission: Pick<
    ReplayEmission,
    'start' | 'firstDay' | 'days' | 'startIntegral' | 'endIntegral' | 'multiplier' | 'minted' | 'communityShare'
  >,
  { trainers, validators, stakeBehind }: Earner,
  policy: EmissionPolicy & Pick<PolicyValues, 'securityRatio'>,
): bigint {
  const remaining = emission.communityShare - emission.minted;
  const limit = least((stakeBehind * policy.securityRatio) / ONE, remaining);
  const worked =
    (trainers.stake * BigInt(trainers.paidSeats)) / BigInt(trainers.seats) +
    (validators.stake * BigInt(validators.agreeingSeats)) / BigInt(validators.seats);
  const stake = worked * emission.multiplier;
  const first = BigInt(emission.start) / secondsADay;
  const ends = [...emission.days, emission.endIntegral];
  let integral = emission.startIntegral;
  let sum = 0n;
  for (const [i, next] of ends.entries()) {
    const day = first + BigInt(i) - emission.firstDay;
    const most = day < 0n ? 0n : emissionAmount(day, remaining, policy);
    sum = least(sum + least((most * (next - integral) * stake) / scale, most), limit);
    integral = next;
  }
  return sum;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
