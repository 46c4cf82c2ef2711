import { protocolError } from '../errors.ts';
import { placeOfNotFinite } from '../finite.ts';
import { finiteFloats } from '../foreign-model.ts';
import type { ForeignTensor } from '../foreign-safetensors.ts';
import { affineOf, batchNormNames, identityOf } from './batch-norm.ts';
import type { Rows } from './family.ts';

interface Given {
  tensors: ReadonlyMap<string, ForeignTensor>;
  /** Names that nothing has used yet. */
  left: Set<string>;
  /** The name there of this stem, with or without a prefix; `probe` is a tensor that has it. */
  find: (stem: string, probe?: string) => string;
}

/** The numbers of these rows, as our tensors have them. */
export function valuesOf(rows: Rows, given: Given): Float32Array {
  const { scaledBy, shiftOf, shape, start = 0, first, plus, transposed: isTurned } = rows;
  if (shiftOf) return finite(rows.from, Float32Array.from(batchNorm(rows.from, shape[0]!, given).shift));
  const values = read(rows.from, shape, given);
  if (scaledBy !== undefined) {
    const { scale } = batchNorm(scaledBy, shape[0]!, given);
    const each = values.length / shape[0]!;
    return finite(
      rows.from,
      values.map((value, i) => value * scale[Math.floor(i / each)]!),
    );
  }
  const [height = 0, width = 1] = shape;
  if (isTurned) return transposed(values, height, width);
  const some = first === undefined ? values : values.subarray(start * width, (start + first) * width);
  if (!plus) return some;
  const added = read(plus.from, plus.shape, given);
  return finite(
    rows.from,
    some.map((value, i) => value + added[i % width]!),
  );
}

/** The tensors there that these numbers, as long as ours, come out as. */
export function tensorsOf(
  rows: Rows,
  values: Float32Array,
): [string, { shape: readonly number[]; values: Float32Array }][] {
  const { from, shape, start = 0, first, plus, shiftOf, transposed: isTurned } = rows;
  if (shiftOf) return identityOf(from, values).map(([name, one]) => [name, { shape, values: one }]);
  const [height = 0, width = 1] = shape;
  if (isTurned) return [[from, { shape, values: transposed(values, width, height) }]];
  if (first === undefined) return [[from, { shape, values }]];
  const whole = new Float32Array(height * width);
  whole.set(values, start * width);
  const written = [from, { shape, values: whole }] as const;
  if (!plus) return [[...written]];
  return [[...written], [plus.from, { shape: plus.shape, values: new Float32Array(sizeOf(plus.shape)) }]];
}

/** How many of our numbers these rows are. */
export function lengthOf({ shape, first }: Rows): number {
  return first === undefined ? sizeOf(shape) : first * (shape[1] ?? 1);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function read(from: string, shape: readonly number[], { tensors, left, find }: Given): Float32Array {
  const name = find(from);
  const tensor = tensors.get(name);
  left.delete(name);
  if (tensor?.shape.join() === shape.join()) return finiteFloats(tensor, name);
  throw protocolError('PROTOCOL_WRONG_TENSORS', `tensor ${name} is not as config.json says`, {
    expected: `[${shape.join(', ')}]`,
    got: tensor ? `[${tensor.shape.join(', ')}]` : 'none',
  });
}

function batchNorm(from: string, channels: number, { tensors, left, find }: Given) {
  const stem = find(from, `${from}.weight`);
  for (const name of batchNormNames(stem)) left.delete(name);
  return affineOf(stem, channels, tensors);
}

/** Sums and products of finite numbers may be none. */
function finite(name: string, values: Float32Array): Float32Array {
  const bad = placeOfNotFinite(values);
  if (bad === undefined) return values;
  throw protocolError('PROTOCOL_NOT_FINITE', `tensor ${name} gives a value that is not finite`, {
    expected: 'numbers that fit f32',
    got: `${values[bad]} at element ${bad}`,
  });
}

/** f32[height][width] to f32[width][height]. */
function transposed(values: Float32Array, height: number, width: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) turned[column * height + row] = values[row * width + column]!;
  }
  return turned;
}
