import { coreError, describe } from './errors.ts';

/** Inputs of a matrix that share a scale, where an output's inputs are cut into groups. */
export type GroupSize = 32 | 64;

/**
 * How a network is scored; in f32 where nothing is said. `int8`: products with learned matrices in integers of 8 bits, with a
 * scale for each output (channel), or for each group of its inputs; `int4`: weights of 4 bits, always in groups. Activations are
 * int8, with a scale a row (token).
 */
export type Arithmetic = { type: 'int8'; group?: GroupSize | undefined } | { type: 'int4'; group: GroupSize };

/** Each that a task may ask for, but f32. */
export const arithmetics = [
  { type: 'int8' },
  { type: 'int8', group: 64 },
  { type: 'int8', group: 32 },
  { type: 'int4', group: 64 },
  { type: 'int4', group: 32 },
] as const satisfies readonly Arithmetic[];

/** `int8`, `int8:32`: as commands and pages write it. */
export function nameOfArithmetic(arithmetic: Arithmetic | undefined): string {
  if (!arithmetic) return 'f32';
  return arithmetic.group ? `${arithmetic.type}:${arithmetic.group}` : arithmetic.type;
}

/** A channel has one scale for at most so many inputs, whose products and sum are exact in i32 (assembly/score/matmul-int-simd.ts). */
export const CHANNEL = 65_536;

/** What the kernels are told. */
export interface Widths {
  bits: 8 | 4;
  group: number;
}

/** Of an argument that may be anything; undefined for f32. Throws CORE_BAD_ARGUMENT. */
export function readArithmetic(value: unknown): Widths | undefined {
  if (value === undefined) return undefined;
  const { type, group } = (value ?? {}) as { type?: unknown; group?: unknown };
  const known = arithmetics.find((one: Arithmetic) => one.type === type && one.group === group);
  if (known) return { bits: known.type === 'int8' ? 8 : 4, group: (known as Arithmetic).group ?? CHANNEL };
  throw coreError('CORE_BAD_ARGUMENT', '`arithmetic` is none that the core has', {
    expected: `f32 (nothing), or ${arithmetics.map(nameOfArithmetic).join(', ')}: type and group`,
    got: `${describe(type)} in groups of ${describe(group)}`,
  });
}

/** Throws CORE_FORWARD_ONLY unless the arithmetic is f32. */
export function requireF32Arithmetic(given: object): void {
  const { arithmetic, lora } = given as { arithmetic?: unknown; lora?: unknown };
  if (arithmetic === undefined && lora === undefined) return;
  throw coreError('CORE_FORWARD_ONLY', 'Integers have no gradient', {
    expected: 'neither `arithmetic` nor `lora`: training and gradients are in f32',
    got: describe(arithmetic ?? lora),
    hint: 'Train in f32 and score the model in integers.',
  });
}
