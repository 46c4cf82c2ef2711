import { integerType, lossOf, networkLayout, valueTypeOf, valueTypes } from '@covey/wasm-core';
import type { Inputs, Labels, ValueType } from '@covey/wasm-core';
import type { Architecture } from './architecture.ts';
import { decodeDataset, dtypeOf, invalid, sampleCount } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import type { ParseOptions } from './safetensors.ts';

/** What an architecture is trained and scored on, as the core takes it. */
export interface Samples {
  inputs: Inputs;
  labels?: Labels | undefined;
  samples: number;
  /** One a sample, or one a token but the first of each sample. */
  predictions: number;
}

/** Reads the dataset that this architecture needs: labelled samples, samples with targets, or tokens. */
export function decodeSamples(architecture: Architecture, bytes: Uint8Array, options: ParseOptions): Samples {
  return samplesOf(architecture, decodeDataset(bytes, options));
}

/** The dataset as this architecture takes it. Throws PROTOCOL_INVALID_DATASET where it needs another. */
export function samplesOf(architecture: Architecture, data: Dataset): Samples {
  const { input, classes } = networkLayout(architecture.layers);
  const { inputs, labels, targets } = data;
  const samples = sampleCount(data);
  const [expected, got] = [columnsFor(architecture), columnsOf(data)].map(told);
  if (got !== expected) throw invalid('samples of another form', `a sample of ${expected}`, got!);
  if (input.kind === 'tokens') {
    requireBelow(inputs, input.vocabulary, 'a token beyond the vocabulary');
    return { inputs, samples, predictions: samples * input.size };
  }
  if (input.kind === 'text') requireBelow(inputs, input.vocabulary, 'a token beyond the vocabulary');
  if (labels) requireBelow(labels, classes, 'a label without a class');
  return { inputs, labels: labels ?? targets, samples, predictions: samples };
}

/** What a model predicts from, whether labels or targets are there or not; of tokens the last one too, where samples have it. */
export function inputsOf(architecture: Architecture, { inputs, features }: Dataset): Inputs {
  const [[name, type, width]] = columnsFor(architecture) as [Column];
  const got: Column = [name, valueTypeOf(inputs)!, features];
  if (got[1] !== type || features !== width)
    throw invalid('samples of another form', `a sample of ${told([[name, type, width]])}`, told([got]));
  const { input } = networkLayout(architecture.layers);
  if (input.kind !== 'features') requireBelow(inputs, input.vocabulary, 'a token beyond the vocabulary');
  return inputs;
}

/** Bytes of a sample in the dataset of this architecture. */
export function sampleBytes(architecture: Architecture): number {
  return columnsFor(architecture).reduce((sum, [, type, width]) => sum + valueTypes[type].bytes * width, 0);
}

export type Column = readonly [name: string, type: ValueType, width: number];

/** What a sample of this architecture is. */
export function columnsFor(architecture: Architecture): Column[] {
  const layout = networkLayout(architecture.layers);
  const { input, classes } = layout;
  if (input.kind === 'tokens') return [['tokens', integerType(input.vocabulary), input.size + 1]];
  // The schema's own rule: features have a type, and real targets have one.
  const type = input.kind === 'text' ? integerType(input.vocabulary) : (architecture.input as ValueType);
  const features: Column = ['inputs', type, input.size];
  if (lossOf(layout, architecture.loss).targets === 'outputs')
    return [features, ['targets', architecture.targets!, classes]];
  return [features, ['labels', integerType(classes), 1]];
}

function columnsOf(data: Dataset): Column[] {
  const { inputs, labels, targets } = data;
  const column = (name: string, values: Inputs | Labels): Column => {
    return [name, valueTypeOf(values)!, values.length / sampleCount(data)];
  };
  if (labels) return [column('inputs', inputs), column('labels', labels)];
  if (targets) return [column('inputs', inputs), column('targets', targets)];
  return [column('tokens', inputs)];
}

export function told(columns: readonly Column[]): string {
  return columns.map(([name, type, width]) => `${name} ${dtypeOf(type)} [${width}]`).join(', ');
}

function requireBelow(values: Inputs | Labels, bound: number, message: string): void {
  const bad = values.find((value) => value >= bound);
  if (bad !== undefined) throw invalid(message, `numbers below ${bound}`, `${bad}`);
}
