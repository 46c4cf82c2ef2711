import { sampleCount, type Classes, type Dataset } from '@covey/protocol';
import { valueTypeOf, valueTypes, type Inputs, type Labels } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';

/** The samples of `indices`, in their order. */
export function selectRows<D extends Dataset>(data: D, indices: ArrayLike<number>): D {
  const { inputs, features, labels, targets } = data;
  const count = sampleCount(data);
  return {
    inputs: pick(inputs, features, indices),
    features,
    ...(labels && { labels: pick(labels, 1, indices) }),
    ...(targets && { targets: pick(targets, targets.length / count, indices) }),
  } as D;
}

function pick(values: Inputs | Labels, width: number, rows: ArrayLike<number>): Inputs | Labels {
  const picked = new valueTypes[valueTypeOf(values)!].Array(rows.length * width);
  for (let row = 0; row < rows.length; row++) {
    picked.set(values.subarray(rows[row]! * width, (rows[row]! + 1) * width), row * width);
  }
  return picked;
}

/** How many samples each label has; the length is the largest label plus one. */
export function labelCounts(labels: Classes): number[] {
  const counts: number[] = [];
  for (const label of labels) {
    while (counts.length <= label) counts.push(0);
    counts[label]!++;
  }
  return counts;
}

export function assertRange(data: Dataset, first: number, count: number): void {
  const all = sampleCount(data);
  if (first < 0 || count < 0 || first + count > all) {
    throw nodeError('DATA_BAD_SPLIT', 'The data has fewer samples than asked for.', {
      expected: `at most ${all} samples`,
      got: `${first} + ${count}`,
    });
  }
}
