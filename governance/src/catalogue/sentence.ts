import { formatUnits } from 'viem';
import type { Change } from './changes/change.ts';
import type { DecodedPermission } from './decoded-permission.ts';
import { flattenActions, type DecodedAction } from './decoded.ts';

// The English of decoded calls, for the command line and the API; pages word the same data in their own languages.

/** A decoded call in one sentence. */
export function actionSentence(action: DecodedAction): string {
  const numbers = action.kind === 'call' && action.policyChanges !== undefined ? (action.changes ?? []) : [];
  return numbers.length === 0 ? headOf(action) : numbers.map(changeText).join('; ');
}

/** Decoded calls in lines, old values beside new ones. */
export function actionLines(actions: readonly DecodedAction[]): string[] {
  return actions.flatMap((action, index) => [
    `${index + 1}. ${headOf(action)}${failText(action)}`,
    ...detailsOf(action),
    ...(action.kind === 'call' ? flattenActions(action.calls) : []).flatMap((inner) => [
      `   inside: ${headOf(inner)}${failText(inner)}`,
      ...detailsOf(inner),
    ]),
  ]);
}

function headOf(action: DecodedAction): string {
  const to = action.label === undefined ? action.to : `${action.label} (${action.to})`;
  if (action.kind === 'payment') return `pays ${formatUnits(action.value, 18)} coins to ${to}`;
  if (action.kind === 'raw') return `CANNOT BE READ: ${to} with ${action.data}`;
  const args = action.args.map(({ name, value, label }) => `${name} ${label ?? plain(value)}`).join(', ');
  const guess = action.label === undefined ? `, if it is what it seems (${action.contract})` : '';
  return `${action.function} of ${to}${args && `: ${args}`}${guess}`;
}

/** A payment whose return may fail alone is no exchange. */
const failText = ({ mayFail }: DecodedAction): string =>
  mayFail ? ' (MAY FAIL: everything else is done all the same)' : '';

function detailsOf(action: DecodedAction): string[] {
  const permissions = action.kind === 'call' ? action.permissions : [];
  return [
    ...(action.changes ?? []).map((change) => `   ${changeText(change)}`),
    ...permissions
      .filter(({ operation }) => operation !== 'revoke')
      .map((permission) => `   ${dangerText(permission)}`),
  ];
}

function changeText({ what, about, unit, oldValue, newValue, min, max, withinBounds }: Change): string {
  const which = about.map(({ name, value, label }) => `${name} ${label ?? value}`).join(', ');
  const bounds = [min, max].map((bound) => (bound === undefined ? '' : valueText(bound, unit))).join(' … ');
  const outside = withinBounds === false ? ` OUT OF BOUNDS (${bounds}): executing will fail` : '';
  return `${what}${which && ` (${which})`}: ${valueText(oldValue, unit)} -> ${valueText(newValue, unit)}${outside}`;
}

function valueText(value: Change['oldValue'], unit: Change['unit']): string {
  if (value === null) return 'unknown';
  if (typeof value !== 'bigint') return value === '' ? 'empty' : String(value);
  if (unit === 'wei') return `${formatUnits(value, 18)}`;
  if (unit === 'ratio') return formatUnits(value, 18);
  if (unit === 'ppm') return formatUnits(value, 6);
  if (unit === 'seconds') return `${value} s`;
  if (unit === 'time') return value === 0n ? 'none' : new Date(Number(value) * 1_000).toISOString();
  return String(value);
}

function dangerText({ permission, permissionId, who, danger, anyone, temporary, forSetup }: DecodedPermission): string {
  const holder = anyone ? 'ANYBODY' : who;
  const within = forSetup ? ', for the setup that it applies' : ', which can be too late: what is done with it stays';
  const until = temporary ? `, taken back in the same execution${within}` : '';
  return `danger ${danger}: ${holder} gets ${permission ?? permissionId}${until}`;
}

const plain = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
