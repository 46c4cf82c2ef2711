import type { FormField, ValueUnit } from '@covey/governance';
import type { PolicyParam } from '../../api/endpoints.ts';

/** How a field's number is shown; undefined for what is no number with a unit. `param`: the policy number it sets. */
export function unitOfField(
  field: Pick<FormField, 'type' | 'unit'>,
  param?: Pick<PolicyParam, 'unit'>,
): ValueUnit | undefined {
  if (field.type === 'policyValue') return param?.unit;
  return field.unit === 'none' || field.unit === 'units' ? undefined : field.unit;
}

/** Whoever types 2^40 means something else: a bound that only says what fits into the contract's type is not shown. */
const telling = (max: bigint, unit: string): boolean =>
  !(unit === 'time' || unit === 'none' || max >= 2n ** 32n - 1n) || unit === 'wei' || unit === 'ratio';

export function boundsOf(
  field: Pick<FormField, 'type' | 'unit' | 'min' | 'max'>,
  param?: Pick<PolicyParam, 'min' | 'max'>,
): { min: bigint; max: bigint } | undefined {
  if (field.type === 'policyValue') return param && { min: BigInt(param.min), max: BigInt(param.max) };
  const { min = 0n, max, unit } = field;
  return max !== undefined && telling(max, unit) ? { min, max } : undefined;
}
