import { getAddress, isAddress, isHex, parseUnits } from 'viem';
import type { Address, Hex } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { contractNames } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { findHidden, hiddenText, parseCid } from '@covey/protocol';
import { permissionId, permissionNames } from '../../permissions.ts';
import type { PermissionName } from '../../permissions.ts';
import { parseSignature } from '../custom.ts';
import type { PermissionSetting } from '../permission.ts';
import { permissionOperations } from '../permission-operations.ts';
import type { PermissionOperation } from '../permission-operations.ts';
import type { FieldSpec, FieldType, FieldValue } from './field.ts';

/** How a policy number is written, and what it may be. */
export interface NumberLimits {
  unit: string;
  min: bigint;
  max: bigint;
}

/** What a text can be measured against. */
export interface FieldContext {
  /** Lets names of contracts stand for their addresses. */
  deployment?: Deployment;
  /** Unit and bounds of the policy number that is set. */
  number?: NumberLimits;
}

/**
 * malformed: not what the type is written like. unknown-option: none of `options`. too-small, too-large: outside the
 * bounds (given in `expected`). missing: an empty field that is needed. unknown-field: the form has no such field.
 * unknown-number: there is no such policy number to measure the value by. mismatch: does not fit another field.
 * hidden: a text holds a character that readers would not see (named in `expected`).
 */
export type FieldErrorCode =
  | 'missing'
  | 'unknown-field'
  | 'malformed'
  | 'unknown-option'
  | 'too-small'
  | 'too-large'
  | 'unknown-number'
  | 'mismatch'
  | 'hidden';

export type FieldResult = { value: FieldValue } | { code: FieldErrorCode; expected?: string };

const malformed = (expected: string): FieldResult => ({ code: 'malformed', expected });

const integer = (text: string, expected = '42'): FieldResult =>
  /^\d{1,78}$/.test(text) ? { value: BigInt(text) } : malformed(expected);

const decimal = (text: string, decimals: number, expected: string): FieldResult =>
  new RegExp(`^\\d{1,60}(\\.\\d{1,${decimals}})?$`).test(text)
    ? { value: parseUnits(text, decimals) }
    : malformed(expected);

const secondsOf = { s: 1n, m: 60n, h: 3_600n, d: 86_400n, w: 604_800n } as const;

function seconds(text: string): FieldResult {
  const match = /^(\d{1,20})([smhdw]?)$/.exec(text);
  if (!match) return malformed('3600, 90m, 12h, 7d');
  return { value: BigInt(match[1]!) * secondsOf[(match[2] || 's') as keyof typeof secondsOf] };
}

function time(text: string): FieldResult {
  if (/^\d{1,13}$/.test(text)) return { value: BigInt(text) };
  // Without a zone a date means another moment to everybody who reads it.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)) return malformed('2026-12-31T12:00:00Z');
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? malformed('2026-12-31T12:00:00Z') : { value: BigInt(milliseconds) / 1_000n };
}

const amount = (text: string): FieldResult => {
  const wei = /^(\d{1,78})wei$/.exec(text);
  return wei ? { value: BigInt(wei[1]!) } : decimal(text, 18, '250, 0.5, 10wei');
};

const ratio = (text: string): FieldResult => decimal(text, 18, '0.25');

function bytes(text: string, length?: number): FieldResult {
  const whole = isHex(text) && text.length % 2 === 0 && (length === undefined || text.length === 2 + 2 * length);
  return whole
    ? { value: text.toLowerCase() as Hex }
    : malformed(`0x and ${length ? 2 * length : 'pairs of'} hex digits`);
}

function address(text: string, { deployment }: FieldContext): FieldResult {
  const named = deployment && contractNames.find((name) => name === text);
  const found = named ? deployment[named] : text;
  // A wrong checksum is a typing error; an address in one case has none.
  if (found && isAddress(found, { strict: /[a-f]/.test(found.slice(2)) && /[A-F]/.test(found) }))
    return { value: getAddress(found) };
  return malformed('0x and 40 hex digits');
}

function permission(text: string): FieldResult {
  const name = text.replace(/_PERMISSION$/, '');
  if ((permissionNames as readonly string[]).includes(name)) return { value: permissionId(name as PermissionName) };
  return bytes(text, 32);
}

function policyValue(text: string, { number }: FieldContext): FieldResult {
  if (!number) return { code: 'unknown-number' };
  const read = { ratio, wei: amount, seconds }[number.unit] ?? integer;
  return bounded(read(text), number);
}

function json(text: string, expected: string): { list: unknown[] } | FieldResult {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? { list } : malformed(expected);
  } catch {
    return malformed(expected);
  }
}

const permissionsExample = '[{"operation":"grant","where":"0x…","who":"0x…","permission":"EXECUTE"}]';

function permissions(text: string, context: FieldContext): FieldResult {
  const parsed = json(text, permissionsExample);
  if (!('list' in parsed)) return parsed;
  const settings: PermissionSetting[] = [];
  for (const entry of parsed.list) {
    const { operation, where, who, condition, permission: id } = (entry ?? {}) as Record<string, unknown>;
    const read = [
      address(String(where), context),
      address(String(who), context),
      permission(String(id)),
      ...(condition === undefined ? [] : [address(String(condition), context)]),
    ].map((result) => ('value' in result ? result.value : undefined)) as [Address?, Address?, Hex?, Address?];
    const known = (permissionOperations as readonly unknown[]).includes(operation);
    // A condition belongs to one operation, and that one needs it.
    const fits = (operation === 'grantWithCondition') === (condition !== undefined);
    const [at, holder, permissionOf, agreeing] = read;
    if (!known || !fits || read.includes(undefined) || !at || !holder || !permissionOf)
      return malformed(permissionsExample);
    settings.push({
      operation: operation as PermissionOperation,
      where: at,
      who: holder,
      permissionId: permissionOf,
      ...(agreeing && { condition: agreeing }),
    });
  }
  return { value: settings };
}

function cid(text: string): FieldResult {
  try {
    parseCid(text);
    return { value: text };
  } catch {
    return malformed('bafy…');
  }
}

function signature(text: string): FieldResult {
  try {
    parseSignature(text);
    return { value: text };
  } catch {
    return malformed('function name(type name, …)');
  }
}

const readers: Record<FieldType, (text: string, context: FieldContext) => FieldResult> = {
  address,
  contract: (text) => ({ value: text }),
  choice: (text) => ({ value: text }),
  param: (text) =>
    (params as readonly string[]).includes(text) ? { value: text as ParamName } : { code: 'unknown-option' },
  amount,
  units: (text) => integer(text, '1000000'),
  ratio,
  ppm: (text) => decimal(text, 6, '0.25'),
  seconds,
  time,
  count: (text) => integer(text),
  id: (text) => integer(text),
  cid,
  uri: (text) => (/^[a-z][a-z0-9+.-]*:\S+$/i.test(text) ? { value: text } : malformed('ipfs://bafy…')),
  hash: (text) => bytes(text, 32),
  bytes: (text) => bytes(text),
  bytes4: (text) => bytes(text, 4),
  text: (text) => ({ value: text }),
  flag: (text) => (text === 'true' || text === 'false' ? { value: text === 'true' } : malformed('true or false')),
  policyValue,
  permission,
  permissions,
  signature,
  arguments(text) {
    const parsed = json(text, '["0x…", "10"]');
    return 'list' in parsed ? { value: parsed.list } : parsed;
  },
};

/** The largest number that any call can carry. */
const maxUint256 = 2n ** 256n - 1n;

function bounded(result: FieldResult, { min, max = maxUint256 }: Pick<FieldSpec, 'min' | 'max'>): FieldResult {
  if (!('value' in result) || typeof result.value !== 'bigint') return result;
  if (min !== undefined && result.value < min) return { code: 'too-small', expected: min.toString() };
  return result.value > max ? { code: 'too-large', expected: max.toString() } : result;
}

/** Texts inside of a list of arguments are written in JSON, which can escape what the list then holds. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.flatMap(textsIn) : [];

function seen(result: FieldResult): FieldResult {
  if (!('value' in result)) return result;
  const found = textsIn(result.value)
    .map((text) => findHidden(text, { lines: true }))
    .find(Boolean);
  return found ? { code: 'hidden', expected: hiddenText(found) } : result;
}

/** Reads one text. */
export function parseField(field: FieldSpec, text: string, context: FieldContext): FieldResult {
  const trimmed = text.trim();
  const { type, options } = field;
  if ((type === 'contract' || type === 'choice') && !options?.includes(trimmed))
    return { code: 'unknown-option', ...(options && { expected: options.join(', ') }) };
  return seen(bounded(readers[type](trimmed, context), field));
}
