import { integerType, type InputKind, type ValueType } from '@covey/wasm-core';
import { classCount, vocabularyOf, type Architecture } from './architecture.ts';
import type { DataDescription, DescribedColumn, DescribedOutput } from './data-description.ts';
import { invalid } from './dataset.ts';
import { columnsFor, told, type Column } from './samples.ts';

/** Features that a column becomes. */
export function columnWidth(column: DescribedColumn): number {
  if (column.type !== 'category') return column.indicator ? 2 : 1;
  return column.categories.length + Number(column.missing) + Number(column.other);
}

/** Values of a sample, or tokens that a model sees. */
export function describedFeatures(description: DataDescription): number {
  switch (description.kind) {
    case 'table':
      return description.columns.reduce((sum, column) => sum + columnWidth(column), 0);
    case 'image':
      return description.channels * description.height * description.width;
    case 'text':
      return description.length;
    case 'array':
      return description.shape.reduce((product, length) => product * length, 1);
  }
}

/** What samples are made of. */
export function describedInput(description: DataDescription): InputKind {
  switch (description.kind) {
    case 'table':
      return 'f32';
    case 'image':
      return 'u8';
    case 'text':
      return 'tokens';
    case 'array':
      return description.input;
  }
}

/** Tokens that samples may hold; undefined where they are features. */
export function describedVocabulary(description: DataDescription): number | undefined {
  if (description.kind === 'text') return description.tokens === 'bytes' ? 256 : description.tokens.vocabulary;
  return description.kind === 'array' ? description.vocabulary : undefined;
}

/** What samples are scored against; undefined where it is the next token. */
export function describedOutput(description: DataDescription): DescribedOutput | undefined {
  return description.kind === 'text' ? undefined : description.output;
}

/** Throws PROTOCOL_INVALID_DATASET unless these data are what the architecture is trained and scored on. */
export function requireDescribed(architecture: Architecture, description: DataDescription): void {
  const [expected, got] = [columnsFor(architecture), columnsOf(description)].map(told);
  if (got !== expected) throw invalid('a description of other samples', `a sample of ${expected}`, got!);
  const output = describedOutput(description);
  const vocabulary = describedVocabulary(description);
  const [count, outputs] =
    vocabulary === undefined ? [classesOf(output), classCount(architecture)] : [vocabulary, vocabularyOf(architecture)];
  if (count !== undefined && count !== outputs)
    throw invalid('a description of other classes or tokens', `${outputs} of them`, `${count}`);
}

function classesOf(output: DescribedOutput | undefined): number | undefined {
  return output?.type === 'class' ? output.count : undefined;
}

function columnsOf(description: DataDescription): Column[] {
  const features = describedFeatures(description);
  const vocabulary = describedVocabulary(description);
  if (vocabulary !== undefined) return [['tokens', integerType(vocabulary), features + 1]];
  const output = describedOutput(description)!;
  const input = describedInput(description) as ValueType;
  const inputs: Column = ['inputs', input, features];
  return [
    inputs,
    output.type === 'class' ? ['labels', integerType(output.count), 1] : ['targets', 'f32', output.values.length],
  ];
}
