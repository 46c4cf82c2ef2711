import type { Action } from '../../api/endpoints.ts';

/** Arguments by name as text, for sentences; what an address is known as stands beside it. */
export function argumentTexts(action: Pick<Action, 'args'>): Record<string, string> {
  return Object.fromEntries(
    action.args.map(({ name, value, label }) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [name, label === null ? text : `${label} (${text})`];
    }),
  );
}
