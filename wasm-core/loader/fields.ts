import { badLayers } from './bad-layers.ts';
import { describe } from './errors.ts';
import { limits } from './network-parts.ts';
import type { Flat } from './parameters.ts';

/** Largest size of anything in a layer, but where its field says more. */
export const MAX_SIZE = 65_536;

/** One field of a layer. What the core reads and what documents may spell are both made from it. */
export type Field = { optional?: true } & (
  | /** An integer in least … most, MAX_SIZE unless given. */ { kind: 'size'; least: number; most?: number }
    /** [height, width], each as a size. */
  | { kind: 'pair'; least: number }
  | { kind: 'number'; least: number; most: number }
  | { kind: 'flag' }
  | { kind: 'choice'; values: readonly string[] }
  /** A list of layers. */
  | { kind: 'layers' }
);

export type Fields = Readonly<Record<string, Field>>;

export const size = { kind: 'size', least: 1 } as const;
/** Outputs that may be one a class, or a token. */
export const classes = { kind: 'size', least: 1, most: limits.classes } as const;
export const flag = { kind: 'flag', optional: true } as const;

/** What a list of layers is: to those who read one nothing yet, to those who write one a type of its own. */
interface Lists {
  layers: unknown;
}

type ValueOf<F extends Field, Nested extends Lists> = F extends { kind: 'size' | 'number' }
  ? number
  : F extends { kind: 'pair' }
    ? [number, number]
    : F extends { kind: 'flag' }
      ? boolean
      : F extends { kind: 'choice'; values: readonly (infer Value)[] }
        ? Value
        : Nested['layers'];

/** The fields of a layer as callers give them. */
export type FieldValuesOf<T extends Fields, Nested extends Lists = Lists> = Flat<
  { -readonly [K in keyof T as T[K] extends { optional: true } ? never : K]: ValueOf<T[K], Nested> } & {
    -readonly [K in keyof T as T[K] extends { optional: true } ? K : never]?: ValueOf<T[K], Nested> | undefined;
  }
>;

/** Reads a layer that may be anything; fields that its kind does not have are left alone. Throws CORE_BAD_LAYERS. */
export function readFields<T extends Fields>(fields: T, given: Record<string, unknown>, name: string) {
  const read = Object.entries(fields).map(([key, field]) => [key, readField(field, given[key], `${name}.${key}`)]);
  return Object.fromEntries(read) as FieldValuesOf<T>;
}

function readField(field: Field, value: unknown, name: string): unknown {
  if (value === undefined && field.optional) return undefined;
  const bad = (expected: string) => badLayers(`\`${name}\` is out of bounds`, expected, describe(value));
  switch (field.kind) {
    case 'size':
      if (isSize(value, field.least, field.most)) return value;
      throw bad(sizes(field.least, field.most));
    case 'pair':
      if (Array.isArray(value) && value.length === 2 && [0, 1].every((i) => isSize(value[i], field.least))) {
        return value;
      }
      throw bad(`two of ${sizes(field.least)}`);
    case 'number':
      if (typeof value === 'number' && value >= field.least && value <= field.most) return value;
      throw bad(`a number from ${field.least} to ${field.most}`);
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw bad('true or false');
    case 'choice':
      if (field.values.some((one) => one === value)) return value;
      throw bad(field.values.map(describe).join(' or '));
    case 'layers':
      return value;
  }
}

function isSize(value: unknown, least: number, most = MAX_SIZE): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function sizes(least: number, most = MAX_SIZE): string {
  return `an integer from ${least} to ${most}`;
}
