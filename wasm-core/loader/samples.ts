import { requireBytes, requireLength } from './arguments.ts';
import { CoreError } from './errors.ts';
import type { Network } from './layers.ts';

/** Samples a call; keeps every index and byte count inside 32 bits. */
const MAX_SAMPLES = 2 ** 24;

/** Number of samples in `inputs`, at least one. */
export function countSamples(network: Network, inputs: Uint8Array): number {
  const { features } = network;
  const { length } = requireBytes('inputs', inputs);
  const count = length / features;
  if (!Number.isInteger(count) || count < 1 || count > MAX_SAMPLES) {
    throw new CoreError('CORE_BAD_SHAPE', '`inputs` is not a whole number of samples', {
      expected: `a multiple of ${features} bytes, 1 to ${MAX_SAMPLES} samples`,
      got: `${length} bytes`,
    });
  }
  return count;
}

/** A private copy of the labels, each of them a class. */
export function checkLabels(network: Network, labels: Uint8Array, count: number): Uint8Array {
  requireLength('labels', requireBytes('labels', labels).length, count, 'one a sample');
  const copy = Uint8Array.from(labels);
  const index = copy.findIndex((label) => label >= network.classes);
  if (index >= 0) {
    throw new CoreError('CORE_BAD_LABEL', 'A label is not a class of the network', {
      expected: `0 to ${network.classes - 1}`,
      got: `${copy[index]} at index ${index}`,
    });
  }
  return copy;
}
