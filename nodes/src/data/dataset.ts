import { nodeError } from '../errors.ts';

/** `inputs` is [n, features] row-major bytes (the core scales them by 1/255), `labels` [n]. */
export interface Dataset {
  inputs: Uint8Array;
  labels: Uint8Array;
  features: number;
}

/** The rows of `indices`, in their order. */
export function selectRows(data: Dataset, indices: ArrayLike<number>): Dataset {
  const { features } = data;
  const inputs = new Uint8Array(indices.length * features);
  const labels = new Uint8Array(indices.length);
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row]!;
    inputs.set(data.inputs.subarray(from * features, (from + 1) * features), row * features);
    labels[row] = data.labels[from]!;
  }
  return { inputs, labels, features };
}

/** How many samples each label has; the length is the largest label plus one. */
export function labelCounts(labels: Uint8Array): number[] {
  const counts: number[] = [];
  for (const label of labels) {
    while (counts.length <= label) counts.push(0);
    counts[label]!++;
  }
  return counts;
}

export function assertRange(data: Dataset, first: number, count: number): void {
  if (first < 0 || count < 0 || first + count > data.labels.length) {
    throw nodeError('DATA_BAD_SPLIT', 'The data has fewer samples than asked for.', {
      expected: `at most ${data.labels.length} samples`,
      got: `${first} + ${count}`,
    });
  }
}
