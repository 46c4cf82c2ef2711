import type { LabelledDataset, Samples } from '@covey/protocol';
import { selectRows } from '../../data/dataset.ts';

export function samplesOf({ inputs, labels }: Pick<LabelledDataset, 'inputs' | 'labels'>): Samples {
  return { inputs, labels, samples: labels.length, predictions: labels.length };
}

/** Some rows, in their order. */
export function rowsOf(samples: Samples, indices: ArrayLike<number>): Samples {
  const { inputs, labels } = samples;
  const features = inputs.length / samples.samples;
  // Labels of a class each: nothing here has real targets.
  const data = { inputs, features, ...(labels && { labels: labels as LabelledDataset['labels'] }) };
  const picked = selectRows(data, indices);
  const predictions = (samples.predictions / samples.samples) * indices.length;
  return { inputs: picked.inputs, labels: picked.labels, samples: indices.length, predictions };
}

/** Labelled bytes, one behind the other. */
export function joined(all: readonly Samples[]): Samples {
  const features = all[0]!.inputs.length / all[0]!.samples;
  const samples = all.reduce((sum, one) => sum + one.samples, 0);
  const inputs = new Uint8Array(samples * features);
  const labels = new Uint8Array(samples);
  let row = 0;
  for (const one of all) {
    inputs.set(one.inputs, row * features);
    if (one.labels) labels.set(one.labels, row);
    row += one.samples;
  }
  return samplesOf({ inputs, labels });
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
