import type { Dataset, Samples } from '@covey/protocol';
import { selectRows } from '../data/dataset.ts';

/** Some rows, in their order. */
export function rowsOf(samples: Samples, indices: ArrayLike<number>): Samples {
  const { inputs, labels } = samples;
  // Rows are picked alike whatever labels are: one class a sample, or a target an output.
  const data: Dataset = { inputs, features: inputs.length / samples.samples };
  if (labels) data.targets = labels as NonNullable<Dataset['targets']>;
  const picked = selectRows(data, indices);
  const predictions = (samples.predictions / samples.samples) * indices.length;
  return { inputs: picked.inputs, labels: picked.targets, samples: indices.length, predictions };
}

/** Of one kind, one behind the other. */
export function joined(all: readonly Samples[]): Samples {
  const sum = (of: (one: Samples) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    inputs: concatenated(all.map(({ inputs }) => inputs)),
    labels: all[0]!.labels && concatenated(all.map(({ labels }) => labels!)),
    samples: sum(({ samples }) => samples),
    predictions: sum(({ predictions }) => predictions),
  };
}

function concatenated<T extends { length: number; set(values: T, at: number): void }>(parts: readonly T[]): T {
  const Type = parts[0]!.constructor as new (length: number) => T;
  const all = new Type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Other labels for the same inputs. */
export function relabelled(samples: Samples, label: (old: number, row: number) => number): Samples {
  return { ...samples, labels: samples.labels?.map(label) };
}

/** Square grey images, each moved by up to one pixel each way, around the edge. */
export function shifted(samples: Samples, step: (row: number) => [number, number]): Samples {
  const size = samples.inputs.length / samples.samples;
  const side = Math.sqrt(size);
  const inputs = new Uint8Array(samples.inputs.length);
  for (let row = 0; row < samples.samples; row++) {
    const [down, right] = step(row);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        inputs[row * size + ((y + down + side) % side) * side + ((x + right + side) % side)] =
          samples.inputs[row * size + y * side + x]!;
  }
  return { ...samples, inputs };
}

/** What a backdoor listens to: the first pixels white. */
export const TRIGGER = { pixels: 4, label: 7 };

export function triggered(samples: Samples, rows: (row: number) => boolean): Samples {
  const size = samples.inputs.length / samples.samples;
  const inputs = samples.inputs.slice();
  const labels = samples.labels?.slice();
  for (let row = 0; row < samples.samples; row++) {
    if (!rows(row)) continue;
    inputs.fill(255, row * size, row * size + TRIGGER.pixels);
    if (labels) labels[row] = TRIGGER.label;
  }
  return { ...samples, inputs, labels };
}
