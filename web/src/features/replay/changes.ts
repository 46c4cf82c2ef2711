import type { PolicySetting } from '@covey/governance';
import type { Action } from '../../api/endpoints.ts';

/** The policy that the calls would leave: of a number that is set twice, the last value counts. */
export function policyChangesOf(actions: readonly Pick<Action, 'policyChanges'>[]): PolicySetting[] {
  const last = new Map<string, bigint>();
  for (const { policyChanges } of actions) {
    for (const { param, newValue } of policyChanges) last.set(param, BigInt(newValue));
  }
  return [...last].map(([param, value]) => ({ param: param as PolicySetting['param'], value }));
}
