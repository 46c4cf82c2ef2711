import { ONE, stakePower } from '@covey/protocol';
import type { PolicyValues } from '@covey/protocol';
import type { EmissionState } from '@covey/client';
import type { Changes, EmissionReplay } from './types.ts';

type EmissionPolicy = Pick<
  PolicyValues,
  'emissionDaily' | 'emissionDecay' | 'emissionPeriod' | 'taskStakeQuarterPower'
>;

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

/** EmissionSchedule.amount: what a mint is, in wei. */
export function emissionAmount(mints: bigint, remaining: bigint, policy: EmissionPolicy): bigint {
  const { emissionDaily, emissionDecay, emissionPeriod } = policy;
  const scheduled = (emissionDaily * power(emissionDecay, mints / emissionPeriod)) / ONE;
  const lost = ONE - emissionDecay;
  const bound = (remaining * lost) / (emissionPeriod * ONE - (mints % emissionPeriod) * lost);
  return scheduled < bound ? scheduled : bound;
}

/** What the next days mint under two policies, each day minted, and what running tasks get of it with stakes as they are. */
export function replayEmission(
  state: EmissionState,
  policy: EmissionPolicy,
  changes: Changes,
  days: number,
): EmissionReplay {
  const current = project(state, policy, days);
  const proposed = project(state, { ...policy, ...changes }, days);
  return {
    days: current.map((amount, day) => ({ current: amount, proposed: proposed[day] ?? 0n })),
    tasks: shares(state, current, policy.taskStakeQuarterPower).map(({ taskId, amount }, i) => ({
      taskId,
      current: amount,
      proposed: shares(state, proposed, changes.taskStakeQuarterPower ?? policy.taskStakeQuarterPower)[i]?.amount ?? 0n,
    })),
    exact: emissionAmount(state.mints, state.remaining, policy) === state.nextAmount,
  };
}

function project(state: EmissionState, policy: EmissionPolicy, days: number): bigint[] {
  let { mints, remaining } = state;
  return Array.from({ length: days }, (_, day) => {
    // A mint that finds another stake power starts an epoch instead, and the next comes a whole day later.
    if (day < 2 && policy.taskStakeQuarterPower !== state.stakeQuarterPower) return 0n;
    const amount = emissionAmount(mints, remaining, policy);
    mints += 1n;
    remaining -= amount;
    return amount;
  });
}

function shares(state: EmissionState, days: readonly bigint[], quarters: bigint): { taskId: bigint; amount: bigint }[] {
  const weights = state.tasks.map(({ multiplier, stakeBehind }) => multiplier * stakePower(stakeBehind, quarters));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  return state.tasks.map(({ taskId }, i) => ({
    taskId,
    amount: total === 0n ? 0n : days.reduce((sum, amount) => sum + (amount * (weights[i] ?? 0n)) / total, 0n),
  }));
}
