import type { CoveyError } from '@covey/errors';
import { MAX_SAMPLES, lossOf, networkLayout } from '@covey/wasm-core';
import type { Inputs } from '@covey/wasm-core';
import type { Architecture } from './architecture.ts';
import { decodeDataset } from './dataset.ts';
import { protocolError } from './errors.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';

/** What an architecture is scored on, as the core takes it. */
export interface Samples {
  inputs: Inputs;
  labels?: Uint8Array | undefined;
  samples: number;
  /** One a sample, or one a token but the first of each sample. */
  predictions: number;
}

/** Sequences of `length` tokens each, U8 or U16: canonical safetensors `tokens` [count, length]. */
export function encodeTokens({ tokens, length }: { tokens: Inputs; length: number }): Uint8Array {
  const data = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const shape = [tokens.length / length, length];
  return encodeSafetensors({ tokens: { dtype: tokens instanceof Uint16Array ? 'U16' : 'U8', shape, data } });
}

/** Samples and the bytes that their outputs should be: `inputs` U8 [count, features], `targets` U8 [count, outputs]. */
export function encodeTargets(p: { inputs: Uint8Array; targets: Uint8Array; samples: number }): Uint8Array {
  const tensor = (data: Uint8Array) => ({ dtype: 'U8' as const, shape: [p.samples, data.length / p.samples], data });
  return encodeSafetensors({ inputs: tensor(p.inputs), targets: tensor(p.targets) });
}

/** Reads the dataset that this architecture needs: labelled samples, samples with targets, or tokens. */
export function decodeSamples(architecture: Architecture, bytes: Uint8Array, options: { maxBytes: number }): Samples {
  const layout = networkLayout(architecture.layers);
  const { input, classes } = layout;
  if (input.kind === 'tokens') return decodeTokens(bytes, input, options);
  if (lossOf(layout, architecture.loss).targets === 'outputs')
    return decodeTargets(bytes, input.size, classes, options);
  const { inputs, labels } = decodeDataset(bytes, { ...options, features: input.size, classes });
  return { inputs, labels, samples: labels.length, predictions: labels.length };
}

function decodeTokens(
  bytes: Uint8Array,
  { size, vocabulary }: { size: number; vocabulary: number },
  options: { maxBytes: number },
): Samples {
  const tensors = parseSafetensors(bytes, options);
  const dtype = vocabulary > 256 ? 'U16' : 'U8';
  const tensor = tensors.get('tokens');
  if (!tensor || tensors.size !== 1) throw invalid('other tensors', 'tokens', [...tensors.keys()].join(', '));
  const [count = 0, length] = tensor.shape;
  if (tensor.dtype !== dtype || tensor.shape.length !== 2 || length !== size + 1) {
    const expected = `${dtype} [n, ${size + 1}]: the tokens and the one that follows`;
    throw invalid('tokens of another type or shape', expected, `${tensor.dtype} [${tensor.shape.join()}]`);
  }
  checkCount(count);
  // A copy: 16-bit views must be aligned.
  const { buffer } = tensor.data.slice();
  const inputs = dtype === 'U16' ? new Uint16Array(buffer) : new Uint8Array(buffer);
  const bad = inputs.findIndex((token) => token >= vocabulary);
  if (bad !== -1) throw invalid('a token beyond the vocabulary', `tokens below ${vocabulary}`, `${inputs[bad]}`);
  return { inputs, samples: count, predictions: count * size };
}

function decodeTargets(bytes: Uint8Array, features: number, outputs: number, options: { maxBytes: number }): Samples {
  const tensors = parseSafetensors(bytes, options);
  const [inputs, targets] = [tensors.get('inputs'), tensors.get('targets')];
  if (!inputs || !targets || tensors.size !== 2) {
    throw invalid('other tensors', 'inputs and targets', [...tensors.keys()].join(', '));
  }
  const [count = 0] = inputs.shape;
  const shapes = `${inputs.dtype} [${inputs.shape.join()}], ${targets.dtype} [${targets.shape.join()}]`;
  const expected = `U8 [${count},${features}], U8 [${count},${outputs}]`;
  if (shapes !== expected) throw invalid('other types or dimensions', expected, shapes);
  checkCount(count);
  return { inputs: inputs.data, labels: targets.data, samples: count, predictions: count };
}

function checkCount(count: number): void {
  if (count < 1 || count > MAX_SAMPLES) throw invalid('too few or too many samples', `1 to ${MAX_SAMPLES}`, `${count}`);
}

function invalid(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_INVALID_DATASET', `the dataset has ${message}`, { expected, got });
}
