import { predict } from '@covey/client';
import { featureCount, vocabularyOf } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { nodeError } from '../../errors.ts';
import type { PredictionModel } from './model.ts';

export interface Continued {
  prompt: string;
  text: string;
  /** What most likely follows the prompt, most likely first. */
  next: { text: string; byte: number; probability: number }[];
}

/** The most likely bytes after a prompt, one after another: the same model and prompt give the same text. */
export function continueText(core: Core, model: PredictionModel, prompt: Uint8Array, count: number): Continued {
  if (vocabularyOf(model.architecture) !== 256)
    throw nodeError('CONFIG_INVALID', 'The model does not predict bytes.', { expected: 'a vocabulary of 256' });
  if (prompt.length === 0)
    throw nodeError('DATA_BAD_TEXT', 'There is no text to go on with.', { expected: 'at least one byte' });
  const length = featureCount(model.architecture);
  const seen = [...prompt.subarray(-length)];
  const said: number[] = [];
  let next: Continued['next'] = [];
  for (let i = 0; i < count; i++) {
    // Positions see none that follow, so that what stands behind the text does not matter; the last is only a target.
    const sample = new Uint8Array(length + 1);
    sample.set(seen.slice(-length));
    const { classes, outputs } = predict(core, { parameters: model.parameters, task: model }, sample);
    const at = Math.min(seen.length, length) - 1;
    if (i === 0) next = likeliest(outputs[at]!);
    said.push(classes[at]!);
    seen.push(classes[at]!);
  }
  return { prompt: textOf(prompt), text: textOf(Uint8Array.from(said)), next };
}

function likeliest(probabilities: readonly number[]): Continued['next'] {
  return probabilities
    .map((probability, byte) => ({ text: textOf(Uint8Array.of(byte)), byte, probability }))
    .sort((a, b) => b.probability - a.probability || a.byte - b.byte)
    .slice(0, 5);
}

/** Bytes of half a character are shown as U+FFFD. */
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
