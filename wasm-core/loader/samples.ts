import { requireBytes, requireLength } from './arguments.ts';
import { describe, coreError } from './errors.ts';
import type { LossType } from './losses.ts';
import type { Network } from './network-parts.ts';

/** Samples a call; keeps every index and byte count inside 32 bits. */
export const MAX_SAMPLES = 2 ** 24;

export interface Samples {
  count: number;
  /** A private copy where its values had to be looked at. */
  bytes: Uint8Array;
  sampleBytes: number;
}

/** The samples in `inputs`, at least one. */
export function checkSamples(network: Network, inputs: unknown): Samples {
  if (network.input.kind === 'tokens') return checkTokens(network.input, inputs);
  const { size } = network.input;
  const bytes = requireBytes('inputs', inputs);
  const count = wholeSamples(bytes.length, size);
  return { count, bytes, sampleBytes: size };
}

function checkTokens({ size, vocabulary }: { size: number; vocabulary: number }, inputs: unknown): Samples {
  const wide = vocabulary > 256;
  const tokens = wide ? requireU16(inputs) : requireBytes('inputs', inputs);
  const count = wholeSamples(tokens.length, size + 1);
  const copy = tokens.slice();
  const bad = copy.findIndex((token) => token >= vocabulary);
  if (bad >= 0) {
    throw coreError('CORE_BAD_LABEL', 'A token is not in the vocabulary', {
      expected: `0 to ${vocabulary - 1}`,
      got: `${copy[bad]} at index ${bad}`,
    });
  }
  const bytes = new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength);
  return { count, bytes, sampleBytes: (size + 1) * (wide ? 2 : 1) };
}

function requireU16(inputs: unknown): Uint16Array {
  if (Object.prototype.toString.call(inputs) === '[object Uint16Array]') return inputs as Uint16Array;
  throw coreError('CORE_BAD_ARGUMENT', '`inputs` has the wrong type', {
    expected: 'a Uint16Array, as the vocabulary is beyond bytes',
    got: describe(inputs),
  });
}

function wholeSamples(length: number, size: number): number {
  const count = length / size;
  if (Number.isInteger(count) && count >= 1 && count <= MAX_SAMPLES) return count;
  throw coreError('CORE_BAD_SHAPE', '`inputs` is not a whole number of samples', {
    expected: `a multiple of ${size}, 1 to ${MAX_SAMPLES} samples`,
    got: String(length),
  });
}

/** What each sample should give; a private copy of labels, each of them a class. Token networks carry their targets. */
export function checkTargets(
  network: Network,
  labels: unknown,
  targets: LossType['targets'],
  count: number,
): Uint8Array | undefined {
  const { classes, input } = network;
  if (input.kind === 'tokens') {
    if (labels === undefined) return undefined;
    throw coreError('CORE_BAD_ARGUMENT', '`labels` are given twice', {
      expected: 'none: each token is the label of those before it',
      got: describe(labels),
    });
  }
  const copy = Uint8Array.from(requireBytes('labels', labels));
  if (targets === 'outputs') {
    requireLength('labels', copy.length, count * classes, 'one an output');
    return copy;
  }
  requireLength('labels', copy.length, count, 'one a sample');
  const index = copy.findIndex((label) => label >= classes);
  if (index >= 0) {
    throw coreError('CORE_BAD_LABEL', 'A label is not a class of the network', {
      expected: `0 to ${classes - 1}`,
      got: `${copy[index]} at index ${index}`,
    });
  }
  return copy;
}
