import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../action.ts';
import type { DecodedAction } from '../decoded.ts';
import type { FieldErrorCode } from './parse-field.ts';
import { unitOf } from './field.ts';
import type { FieldSpec, FieldTypes, FieldValue, FormField } from './field.ts';

/** Values of a form by the names of its fields, as `parseForm` gives them. */
export type FormValues = Readonly<Record<string, FieldValue | undefined>>;

export interface FieldError {
  field: string;
  code: FieldErrorCode;
  /** What would be right: a bound in the field's own unit, the options, or an example. */
  expected?: string;
}

/** One kind of decision: what it asks for, and the calls that it becomes. */
export interface Form {
  kind: string;
  fields: readonly FormField[];
  /** What is wrong with values that are each right; part of `parseForm`. */
  check(values: FormValues): FieldError[];
  /** Values must come from `parseForm`, which checks them. */
  build(deployment: Deployment, values: FormValues): Action[];
  /** Values with which `build` may give the calls that the list begins with; undefined when this form cannot. */
  read(calls: readonly DecodedAction[], deployment: Deployment): FormValues | undefined;
}

type Specs = Record<string, FieldSpec>;
type OptionalNames<S extends Specs> = { [K in keyof S]: S[K] extends { optional: true } ? K : never }[keyof S];

/** The values of these fields, typed. */
export type ValuesOf<S extends Specs> = {
  [K in Exclude<keyof S, OptionalNames<S>>]: FieldTypes[S[K]['type']];
} & { [K in OptionalNames<S>]?: FieldTypes[S[K]['type']] };

interface FormDefinition<K extends string, S extends Specs> {
  kind: K;
  fields: S;
  check?(values: ValuesOf<S>): FieldError[];
  build(deployment: Deployment, values: ValuesOf<S>): Action | Action[];
  read(calls: readonly DecodedAction[], deployment: Deployment): ValuesOf<S> | undefined;
}

/** Keeps the types of the fields for `build` and `read`, and forgets them outside. */
export function defineForm<const K extends string, const S extends Specs>(
  definition: FormDefinition<K, S>,
): Form & { kind: K } {
  return {
    kind: definition.kind,
    fields: Object.entries(definition.fields).map(([name, spec]) => ({ name, unit: unitOf(spec), ...spec })),
    check: (values) => definition.check?.(values as ValuesOf<S>) ?? [],
    build: (deployment, values) => [definition.build(deployment, values as ValuesOf<S>)].flat(),
    read: (calls, deployment) => definition.read(calls, deployment),
  };
}

/** Arguments of the first call by name, when it is that function; the shape is what the contract's ABI says. */
export function argsOf<T>(calls: readonly DecodedAction[], contract: string, name: string): T | undefined {
  const [call] = calls;
  if (call?.kind !== 'call' || call.contract !== contract || call.function !== name) return undefined;
  return Object.fromEntries(call.args.map((argument) => [argument.name, argument.value])) as T;
}
