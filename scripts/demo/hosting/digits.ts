import { readMnist } from '@covey/nodes';
import type { Question } from '@covey/client/inference';
import { mnistFolder } from '../mnist.ts';

export interface Digit {
  label: number;
  question: Question & { kind: 'predict' };
}

/** The first of each digit, 0 to 9, of the test set. */
export async function tenDigits(): Promise<Digit[]> {
  const { test } = await readMnist(mnistFolder());
  const labels = Array.from(test.labels);
  return Array.from({ length: 10 }, (_, label) => {
    const at = labels.indexOf(label);
    const inputs = Uint8Array.from(test.inputs.subarray(at * test.features, (at + 1) * test.features));
    return { label, question: { kind: 'predict', inputs, rows: 1, values: 'probabilities' } };
  });
}
