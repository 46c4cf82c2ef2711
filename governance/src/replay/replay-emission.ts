import type { EmissionState } from '@covey/client';
import { emissionAmount } from './earned.ts';
import type { EmissionPolicy } from './earned.ts';
import type { Changes, EmissionReplay, RoundReplay } from './types.ts';

/** What the next days may emit under two policies, if each day emitted all of it, and what the rounds looked at earned. */
export function replayEmission(
  state: EmissionState,
  policy: EmissionPolicy,
  changes: Changes,
  { days, rounds }: { days: number; rounds: readonly RoundReplay[] },
): EmissionReplay {
  const current = project(state, policy, days);
  const proposed = project(state, { ...policy, ...changes }, days);
  const tasks = new Map<bigint, { current: bigint; proposed: bigint }>();
  for (const { taskId, emission } of rounds) {
    const sum = tasks.get(taskId) ?? { current: 0n, proposed: 0n };
    tasks.set(taskId, { current: sum.current + emission.recomputed, proposed: sum.proposed + emission.proposed });
  }
  return {
    days: current.map((amount, day) => ({ current: amount, proposed: proposed[day] ?? 0n })),
    tasks: [...tasks].map(([taskId, sums]) => ({ taskId, ...sums })),
    exact: emissionAmount(state.day, state.remaining, policy) === state.today,
  };
}

function project(state: EmissionState, policy: EmissionPolicy, days: number): bigint[] {
  let { remaining } = state;
  return Array.from({ length: days }, (_, i) => {
    const amount = emissionAmount(state.day + BigInt(i), remaining, policy);
    remaining -= amount;
    return amount;
  });
}
