import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ParamName } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { governanceError } from '../../errors.ts';
import type { Action } from '../action.ts';
import { decodeAction } from '../decode.ts';
import { setPolicy } from '../policy.ts';
import { customForms } from './custom.ts';
import { daoForms } from './dao.ts';
import { depositForms } from './deposits.ts';
import type { FieldValue, FormField } from './field.ts';
import type { FieldError, Form, FormValues } from './form.ts';
import { marketForms } from './market.ts';
import { parseField } from './parse-field.ts';
import type { FieldErrorCode, NumberLimits } from './parse-field.ts';
import { permissionForms } from './permissions.ts';
import { pluginForms } from './plugins.ts';
import { policyForms, readPolicyChanges } from './policy.ts';
import { rulingForms } from './rulings.ts';
import { taskForms } from './tasks.ts';
import { treasuryForms } from './treasury.ts';
import { upgradeForms } from './upgrades.ts';
import { votingForms } from './voting.ts';

const forms = [
  ...taskForms,
  ...policyForms,
  ...rulingForms,
  ...depositForms,
  ...treasuryForms,
  ...marketForms,
  ...votingForms,
  ...daoForms,
  ...permissionForms,
  ...upgradeForms,
  ...pluginForms,
  ...customForms,
] as const;

export type FormKind = (typeof forms)[number]['kind'];

/** Everything that the DAO can decide, the last two for whatever nobody thought of. */
export const governanceForms: readonly (Form & { kind: FormKind })[] = forms;

const byKind = new Map<string, Form & { kind: FormKind }>(governanceForms.map((form) => [form.kind, form]));

/** The form of a kind; undefined when there is none. */
export const formOf = (kind: string): (Form & { kind: FormKind }) | undefined => byKind.get(kind);

export type ParsedForm = { ok: true; values: FormValues } | { ok: false; errors: FieldError[] };

export interface ParseFormContext {
  /** Lets names of contracts stand for addresses, and refuses what this Covey does not have. */
  deployment?: Deployment;
  /** Units and bounds of policy numbers; those of the contracts that this was built with unless given. */
  policy?: Partial<Record<ParamName, NumberLimits>>;
}

const unknownKind = (kind: string) =>
  governanceError('GOV_UNKNOWN_FORM', 'There is no such form.', { expected: [...byKind.keys()], got: kind });

/** Reads the texts of a form, all of them: every field that is wrong is named, with what is wrong. */
export function parseForm(
  kind: string,
  texts: Readonly<Record<string, string | undefined>>,
  context: ParseFormContext = {},
): ParsedForm {
  const form = formOf(kind);
  if (!form) throw unknownKind(kind);
  const errors: FieldError[] = Object.keys(texts)
    .filter((name) => !form.fields.some((field) => field.name === name))
    .map((field) => ({ field, code: 'unknown-field', expected: form.fields.map(({ name }) => name).join(', ') }));
  const values: Record<string, FieldValue> = {};
  for (const field of form.fields) {
    const text = texts[field.name];
    if (text === undefined || text.trim() === '') {
      if (!field.optional) errors.push({ field: field.name, code: 'missing' });
      continue;
    }
    const known: ParseFormContext['policy'] = context.policy ?? policyNumbers;
    const number = known[texts.param as ParamName];
    const { deployment } = context;
    const result = parseField(field, text, { ...(deployment && { deployment }), ...(number && { number }) });
    if ('value' in result) values[field.name] = result.value;
    else errors.push({ field: field.name, ...result });
  }
  if (errors.length === 0) errors.push(...form.check(values));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, values };
}

/** A form that is filled in. */
export interface FilledForm {
  kind: string;
  values: FormValues;
}

/**
 * The calls of several forms in their order. Policy numbers that follow each other become one call, so one version of
 * the policy: numbers that must fit each other can then change together.
 */
export function buildActions(deployment: Deployment, filled: readonly FilledForm[]): Action[] {
  const actions: Action[] = [];
  for (let i = 0; i < filled.length; i++) {
    const { kind, values } = filled[i]!;
    const form = formOf(kind);
    if (!form) throw unknownKind(kind);
    if (kind !== 'policy.set') {
      actions.push(...form.build(deployment, values));
      continue;
    }
    const settings = [values];
    while (filled[i + 1]?.kind === kind) settings.push(filled[++i]!.values);
    actions.push(
      setPolicy(
        deployment,
        settings.map(({ param, value }) => ({ param: param as ParamName, value: value as bigint })),
      ),
    );
  }
  return actions;
}

const sameCall = (a: Action | undefined, b: Action): boolean =>
  a !== undefined && a.to.toLowerCase() === b.to.toLowerCase() && a.value === b.value && a.data === b.data;

/**
 * Reads calls back into filled forms: to copy a proposal, or to explain one. Each form's values are built again and
 * must give the very calls, so what is said is what is done; the form that explains most calls at once wins.
 */
export function readForms(actions: readonly Action[], deployment: Deployment): FilledForm[] {
  const found: FilledForm[] = [];
  for (let at = 0; at < actions.length;) {
    const rest = actions.slice(at);
    const best = candidates(rest, deployment).toSorted((a, b) => b.built.length - a.built.length)[0];
    if (!best) throw governanceError('GOV_UNKNOWN_FORM', 'No form makes this call.', { got: rest[0] });
    found.push(...best.filled);
    at += best.built.length;
  }
  return found;
}

/** Every form, or run of policy numbers, that makes exactly the calls with which the list begins. */
function candidates(actions: readonly Action[], deployment: Deployment) {
  const calls = actions.map((action) => decodeAction(action, deployment));
  return [
    readPolicyChanges(calls).map((values) => ({ kind: 'policy.set', values })),
    ...governanceForms.map((form) => {
      const values = form.read(calls, deployment);
      return values ? [{ kind: form.kind, values }] : [];
    }),
  ]
    .filter((filled) => filled.length > 0)
    .map((filled) => ({ filled, built: buildActions(deployment, filled) }))
    .filter(({ built }) => built.length > 0 && built.every((action, i) => sameCall(actions[i], action)));
}

export type { FieldError, FieldErrorCode, Form, FormField, FormValues };
export { formatField } from './format-field.ts';
export type { FieldType, FieldUnit, FieldValue } from './field.ts';
