import { MAX_UPDATES } from './aggregate-types.ts';
import { describe } from './errors.ts';

/** Lengths of updates: an f32 model whose update is longer than this is no model. */
const MAX_LENGTH = 1e9;

/** What is said of every parameter, for the tables in docs and for forms. */
interface Told {
  unit: string;
  meaning: string;
}

/** One number of a method. Argument checks here and schemas of documents are both made from it. */
export type Parameter =
  /** An integer in least … most. */
  | (Told & { kind: 'integer'; least: number; most: number })
  /** 0 < x ≤ most. */
  | (Told & { kind: 'positive'; most: number })
  /** 0 ≤ x ≤ most. */
  | (Told & { kind: 'non-negative'; most: number })
  /** 0 ≤ x < 1. */
  | (Told & { kind: 'fraction' })
  /** A number from 0 to 2^53 a row, one at least above 0; all 1 unless given. No document may hold it. */
  | (Told & { kind: 'weights' });

export type Parameters = Readonly<Record<string, Parameter>>;

export type Flat<T> = { [K in keyof T]: T[K] };

/** Values of any table. */
export type Values = Readonly<Record<string, number | readonly number[] | undefined>>;

/** The values of a table of parameters, as callers give them. */
export type ValuesOf<T extends Parameters> = string extends keyof T
  ? Values
  : Flat<
      { [K in keyof T as T[K]['kind'] extends 'weights' ? never : K]: number } & {
        [K in keyof T as T[K]['kind'] extends 'weights' ? K : never]?: readonly number[] | undefined;
      }
    >;

/** The same of those that documents may hold. */
export type DocumentValuesOf<T extends Parameters> = Flat<{
  -readonly [K in keyof T as T[K]['kind'] extends 'weights' ? never : K]: number;
}>;

/** How many of the updates may be hostile (f in the papers). */
export const byzantine = {
  kind: 'integer',
  least: 0,
  most: MAX_UPDATES,
  unit: 'updates',
  meaning: 'how many of the updates may be hostile (f)',
} as const satisfies Parameter;

/** An L2 norm of an update. */
export function length(meaning: string) {
  return { kind: 'positive', most: MAX_LENGTH, unit: 'L2 norm of an update', meaning } as const satisfies Parameter;
}

export function integer(least: number, most: number, unit: string, meaning: string) {
  return { kind: 'integer', least, most, unit, meaning } as const satisfies Parameter;
}

export interface Problem {
  expected: string;
  got: string;
}

/** What is wrong with a value, or undefined. `rows`: rows that the method is given. */
export function problemOf(parameter: Parameter, value: unknown, rows: number): Problem | undefined {
  switch (parameter.kind) {
    case 'integer': {
      const { least, most } = parameter;
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return undefined;
      return { expected: `an integer from ${least} to ${most}`, got: describe(value) };
    }
    case 'positive':
      if (typeof value === 'number' && value > 0 && value <= parameter.most) return undefined;
      return { expected: `a number above 0, at most ${parameter.most}`, got: describe(value) };
    case 'non-negative':
      if (typeof value === 'number' && value >= 0 && value <= parameter.most) return undefined;
      return { expected: `a number from 0 to ${parameter.most}`, got: describe(value) };
    case 'fraction':
      if (typeof value === 'number' && value >= 0 && value < 1) return undefined;
      return { expected: 'a number, at least 0 and below 1', got: describe(value) };
    case 'weights':
      return value === undefined ? undefined : problemOfWeights(value, rows);
  }
}

function problemOfWeights(value: unknown, rows: number): Problem | undefined {
  if (!Array.isArray(value) || value.length !== rows) {
    return { expected: `an array of ${rows} numbers, one a row`, got: describe(value) };
  }
  // 2^53 bounds every sum and product far inside f64. findIndex sees holes.
  const index = value.findIndex((w) => typeof w !== 'number' || !(w >= 0 && w <= 2 ** 53));
  if (index >= 0) return { expected: 'numbers from 0 to 2^53', got: `${describe(value[index])} at index ${index}` };
  return value.some((w: number) => w > 0) ? undefined : { expected: 'a number above 0', got: 'none' };
}
