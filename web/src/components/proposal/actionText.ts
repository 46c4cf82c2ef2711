import type { Action } from '../../api/endpoints.ts';

export interface PolicyChange {
  /** Position in the contract's `Param` enum. */
  param: number;
  newValue: string;
}

/** Numbers that a `policy.set` call would set, as (param, value) pairs in the order of the call. */
export function policyChanges(action: Action): PolicyChange[] {
  if (action.contract !== 'policy' || action.function !== 'set') return [];
  const value = action.args[0]?.value;
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const pair = Array.isArray(item) ? { param: item[0] as unknown, value: item[1] as unknown } : item;
    if (typeof pair !== 'object' || pair === null || !('param' in pair) || !('value' in pair)) return [];
    const param = Number(pair.param);
    const text = String(pair.value);
    return Number.isInteger(param) && /^\d+$/.test(text) ? [{ param, newValue: text }] : [];
  });
}

/** Arguments by name as text, for sentences. */
export function argumentTexts(action: Action): Record<string, string> {
  return Object.fromEntries(
    action.args.map(({ name, value }) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
