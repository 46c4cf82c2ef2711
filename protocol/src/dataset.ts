import type { CoveyError } from '@covey/errors';
import { MAX_SAMPLES } from '@covey/wasm-core';
import { protocolError } from './errors.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';

/** Labelled samples: `inputs` holds count × features bytes row-major, `labels` one byte a sample. */
export interface Dataset {
  inputs: Uint8Array;
  labels: Uint8Array;
  features: number;
}

export interface DatasetLimits {
  maxBytes: number;
  /** What the architecture takes; unchecked where left out. */
  features?: number;
  classes?: number;
}

/** Canonical safetensors: `inputs` U8 [count, features], `labels` U8 [count]. */
export function encodeDataset({ inputs, labels, features }: Dataset): Uint8Array {
  return encodeSafetensors({
    inputs: { dtype: 'U8', shape: [labels.length, features], data: inputs },
    labels: { dtype: 'U8', shape: [labels.length], data: labels },
  });
}

export function decodeDataset(bytes: Uint8Array, limits: DatasetLimits): Dataset {
  const tensors = parseSafetensors(bytes, limits);
  const inputs = tensors.get('inputs');
  const labels = tensors.get('labels');
  if (!inputs || !labels || tensors.size !== 2)
    throw invalid('other tensors', 'inputs and labels', [...tensors.keys()].join(', '));
  if (inputs.dtype !== 'U8' || labels.dtype !== 'U8')
    throw invalid('other types', 'U8', `${inputs.dtype}, ${labels.dtype}`);
  const [count, features] = inputs.shape;
  if (count === undefined || features === undefined || inputs.shape.length !== 2 || labels.shape.length !== 1) {
    throw invalid(
      'other dimensions',
      'inputs [n, features] and labels [n]',
      `[${inputs.shape.join()}] and [${labels.shape.join()}]`,
    );
  }
  if (labels.shape[0] !== count) throw invalid('unequal counts', `${count} labels`, `${labels.shape[0]}`);
  if (count === 0 || features === 0)
    throw invalid('no samples', 'at least one sample of one feature', `${count} of ${features}`);
  if (count > MAX_SAMPLES) throw invalid('too many samples', `at most ${MAX_SAMPLES}`, `${count}`);
  if (limits.features !== undefined && features !== limits.features) {
    throw invalid('samples of another size', `${limits.features} features`, `${features}`);
  }
  const classes = limits.classes ?? 256;
  const bad = labels.data.find((label) => label >= classes);
  if (bad !== undefined) throw invalid('a label without a class', `labels below ${classes}`, `${bad}`);
  return { inputs: inputs.data, labels: labels.data, features };
}

function invalid(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_INVALID_DATASET', `the dataset has ${message}`, { expected, got });
}
