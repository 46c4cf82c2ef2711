import {
  MAX_SHARD_BYTES,
  decodeDataset,
  encodeDataset,
  type Classes,
  type Dataset,
  type DescribedArray,
  type DescribedOutput,
} from '@covey/protocol';
import { integerType, valueTypes, type FeatureType } from '@covey/wasm-core';
import { scalingOf, type Scaling } from './column-fit.ts';
import { badArray, elementCount, elementTypes, elementsAs, misfit, type ElementArray } from './elements.ts';

export type Arrays = ReadonlyMap<string, ElementArray>;

export interface ArrayOptions {
  /** Which of the arrays are what, where names do not say. */
  names?: Partial<Record<ArrayRole, string>> | undefined;
  /** How many classes there are, where the largest label does not say. */
  classes?: number | undefined;
  /** How many tokens there are, where the largest one does not say. */
  vocabulary?: number | undefined;
  /** Tokens of a sample that a model sees, of one long row of tokens. */
  length?: number | undefined;
  scale?: Scaling | undefined;
  /** Whether labels or targets have to be there; they have unless said otherwise, or a description says what they would be. */
  needsOutput?: boolean | undefined;
}

export const arrayRoles = ['inputs', 'labels', 'targets', 'tokens'] as const;
export type ArrayRole = (typeof arrayRoles)[number];

/** Names that arrays of this role usually have, the first that is there counts. */
const usual: Record<ArrayRole, readonly string[]> = {
  inputs: ['inputs', 'x', 'X', 'x_train', 'X_train', 'images', 'features', 'data'],
  labels: ['labels', 'y', 'y_train', 'label', 'classes', 'target'],
  targets: ['targets'],
  tokens: ['tokens', 'input_ids', 'ids'],
};

interface Found {
  name: string;
  array: ElementArray;
}

/** Arrays as a dataset: fitted, or as another's description says. */
export function importArrays(arrays: Arrays, options: ArrayOptions, like?: DescribedArray) {
  const find = (role: ArrayRole): Found | undefined => findArray(arrays, role, options.names?.[role]);
  const tokens = options.names?.inputs === undefined ? find('tokens') : undefined;
  const [data, description] = tokens ? tokensOf(tokens, options, like) : featuresOf(arrays, find, options, like);
  requireLike(description, like);
  // What was made is what a reader of its file accepts; sizes and counts are its to judge.
  if (tokens || data.labels || data.targets) decodeDataset(encodeDataset(data), { maxBytes: MAX_SHARD_BYTES });
  return { data, description: like ?? description };
}

function findArray(arrays: Arrays, role: ArrayRole, asked: string | undefined): Found | undefined {
  const name = asked ?? usual[role].find((one) => arrays.has(one));
  const array = name === undefined ? undefined : arrays.get(name);
  if (array) return { name: name!, array };
  if (asked === undefined) return undefined;
  throw badArray(`There is no array ${asked}.`, { expected: namesOf(arrays), got: asked });
}

const namesOf = (arrays: Arrays) => [...arrays.keys()].slice(0, 12).join(', ');

type Made = [data: Dataset, description: DescribedArray];
const head = { schema: 'covey.data/1', kind: 'array' } as const;

function tokensOf({ name, array }: Found, options: ArrayOptions, like: DescribedArray | undefined): Made {
  if (!elementTypes[array.type].whole)
    throw badArray(`The array ${name} holds no tokens.`, { expected: 'integers', got: array.type });
  const { rows, length } = rowsOfTokens(name, array, like?.shape[0] ?? options.length);
  const values = elementsAs(name, { ...array, ...rows }, 'u32');
  const vocabulary = like?.vocabulary ?? options.vocabulary ?? Math.max(2, largest(values) + 1);
  const bad = values.findIndex((value) => value >= vocabulary);
  if (bad !== -1) throw misfit(name, [values.length], bad, values[bad]!, `tokens below ${vocabulary}`);
  const inputs = new valueTypes[integerType(vocabulary)].Array(values);
  const samples = inputs.length / (length + 1);
  return [
    { inputs, features: length + 1 },
    { ...head, shape: [length], input: 'tokens', vocabulary, source: { samples } },
  ];
}

/** Rows of tokens as they are, or one long row in windows of which each begins with the last token of the one before. */
function rowsOfTokens(name: string, array: ElementArray, wanted: number | undefined) {
  const { shape, data, type } = array;
  if (shape.length === 2) return { rows: { shape, data }, length: shape[1]! - 1 };
  if (shape.length !== 1 || wanted === undefined)
    throw badArray(`The array ${name} has no rows of tokens.`, {
      expected: '[samples, tokens], or one long row and --length',
      got: `[${shape.join(', ')}]`,
    });
  const { bytes } = elementTypes[type];
  const count = Math.floor((shape[0]! - 1) / wanted);
  if (count < 1)
    throw badArray(`The array ${name} is shorter than a sample.`, {
      expected: `${wanted + 1} tokens`,
      got: `${shape[0]}`,
    });
  const windows = new Uint8Array(count * (wanted + 1) * bytes);
  for (let row = 0; row < count; row++) {
    const start = row * wanted * bytes;
    windows.set(data.subarray(start, start + (wanted + 1) * bytes), row * (wanted + 1) * bytes);
  }
  return { rows: { shape: [count, wanted + 1], data: windows }, length: wanted };
}

function featuresOf(
  arrays: Arrays,
  find: (role: ArrayRole) => Found | undefined,
  options: ArrayOptions,
  like: DescribedArray | undefined,
): Made {
  const inputs = find('inputs') ?? theOnly(arrays);
  if (!inputs)
    throw badArray('No array holds the inputs.', {
      expected: `one named ${usual.inputs.join(', ')}, or --arrays inputs=NAME`,
      got: namesOf(arrays),
    });
  const [samples, ...shape] = inputs.array.shape;
  if (samples === undefined || samples === 0 || elementCount(shape) === 0)
    throw badArray(`The array ${inputs.name} has no samples.`, {
      expected: '[samples, values, …]',
      got: `[${inputs.array.shape.join(', ')}]`,
    });
  const input = featureTypeOf(inputs.array);
  const values = elementsAs(inputs.name, inputs.array, input);
  const features = elementCount(shape);
  const result = resultsOf(find, samples, options, like?.output);
  const description: DescribedArray = {
    ...head,
    shape: shape.length === 0 ? [1] : shape,
    input,
    output: result.output,
    source: { samples },
  };
  return [{ inputs: values, features, ...result.data }, description];
}

const theOnly = (arrays: Arrays): Found | undefined => {
  const [first, second] = [...arrays].map(([name, array]) => ({ name, array }));
  return second ? undefined : first;
};

/** Bytes are pixels and stay; whole numbers become i32, floats f32. */
function featureTypeOf({ type }: ElementArray): FeatureType {
  if (type === 'u8') return 'u8';
  return elementTypes[type].whole ? 'i32' : 'f32';
}

function resultsOf(
  find: (role: ArrayRole) => Found | undefined,
  samples: number,
  options: ArrayOptions,
  like: DescribedOutput | undefined,
) {
  const targets = find('targets');
  const labels = find('labels');
  const numbers = targets ?? (labels && !elementTypes[labels.array.type].whole ? labels : undefined);
  const found = numbers ?? labels;
  if (!found && options.needsOutput === false && like) return { output: like, data: {} };
  if (!found)
    throw badArray('No array holds what is to be predicted.', {
      expected: `labels (${usual.labels.join(', ')}) or targets`,
      hint: 'Name them: --arrays labels=NAME, or targets=NAME.',
    });
  const { shape } = found.array;
  const width = elementCount(shape.slice(1));
  if (shape[0] !== samples || width === 0 || (!numbers && width !== 1))
    throw badArray(`The array ${found.name} does not belong to the inputs.`, {
      expected: numbers ? `[${samples}, outputs]` : `[${samples}]`,
      got: `[${shape.join(', ')}]`,
    });
  return numbers ? targetsOf(numbers, width, options, like) : labelsOf(found, options, like);
}

function labelsOf({ name, array }: Found, options: ArrayOptions, like: DescribedOutput | undefined) {
  const values = elementsAs(name, array, 'u32');
  const count =
    (like?.type === 'class' ? like.count : undefined) ?? options.classes ?? Math.max(2, largest(values) + 1);
  const bad = values.findIndex((value) => value >= count);
  if (bad !== -1) throw misfit(name, array.shape, bad, values[bad]!, `labels below ${count}`);
  const output: DescribedOutput = { type: 'class', count };
  return { output, data: { labels: new valueTypes[integerType(count)].Array(values) as Classes } };
}

function targetsOf(
  { name, array }: Found,
  width: number,
  { scale = 'standard' }: ArrayOptions,
  like: DescribedOutput | undefined,
) {
  const values = elementsAs(name, array, 'f64');
  const column = (at: number) => values.filter((_, i) => i % width === at);
  const known = like?.type === 'number' && like.values.length === width ? like.values : undefined;
  const scaling =
    known ??
    Array.from({ length: width }, (_, at) => ({
      name: width === 1 ? name : `${name} ${at + 1}`,
      ...scalingOf(name, column(at), scale),
    }));
  const targets = new Float32Array(values.length);
  values.forEach((value, i) => {
    const { shift, scale: unit } = scaling[i % width]!;
    targets[i] = (value - shift) / unit;
    if (!Number.isFinite(targets[i])) throw misfit(name, array.shape, i, value, 'within f32 after scaling');
  });
  const output: DescribedOutput = { type: 'number', values: scaling };
  return { output, data: { targets } };
}

function largest(values: Uint32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** Another's samples have the form that the description says. */
function requireLike(own: DescribedArray, like: DescribedArray | undefined): void {
  if (!like) return;
  const told = ({ shape, input, output }: DescribedArray) => `${input} [${shape.join(', ')}], ${outputTold(output)}`;
  const [expected, got] = [told(like), told(own)];
  if (expected !== got) throw badArray('The arrays are not what the description says.', { expected, got });
}

function outputTold(output: DescribedOutput | undefined): string {
  if (!output) return 'the next token';
  return output.type === 'class' ? `${output.count} classes` : `${output.values.length} numbers`;
}
