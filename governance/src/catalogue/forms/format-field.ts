import { formatUnits } from 'viem';
import { permissionName } from '../../permissions.ts';
import type { Hex } from 'viem';
import type { PermissionSetting } from '../permission.ts';
import type { FieldSpec, FieldValue } from './field.ts';
import type { FieldContext } from './parse-field.ts';

const named = (id: Hex): string => permissionName(id) ?? id;
const json = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));

const decimals = { amount: 18, ratio: 18, ppm: 6 } as const;

/** The text that `parseForm` reads as this value: to fill a form in for somebody. */
export function formatField({ type }: Pick<FieldSpec, 'type'>, value: FieldValue, context: FieldContext = {}): string {
  switch (type) {
    case 'amount':
    case 'ratio':
    case 'ppm':
      return formatUnits(value as bigint, decimals[type]);
    case 'policyValue':
      return ['ratio', 'wei'].includes(context.number?.unit ?? '') ? formatUnits(value as bigint, 18) : String(value);
    case 'permission':
      return named(value as Hex);
    case 'permissions':
      return json(
        (value as readonly PermissionSetting[]).map(({ permissionId, ...setting }) => ({
          ...setting,
          permission: named(permissionId),
        })),
      );
    case 'arguments':
      return json(value);
    default:
      return String(value);
  }
}
