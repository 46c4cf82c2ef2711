// What a model is asked on the command line.
import type { Question } from '@covey/client/inference';
import {
  MAX_LENGTH,
  byteTokens,
  f32Bytes,
  f32Values,
  type InferenceAnswer,
  type TextTokens,
} from '@covey/protocol/inference';
import { InvalidArgumentError } from 'commander';
import { nodeError } from '../errors.ts';
import { decimal, integer, positive } from './arguments.ts';
import { optional, preset, type Values } from './define-command.ts';

export const questionOptions = {
  prompt: optional('--prompt <text>', 'text to go on with'),
  row: optional('--row <numbers>', 'a row of features of f32, comma-separated', numbers),
  tokens: preset('--tokens <n>', `text: how many tokens to go on for, at most ${MAX_LENGTH}`, 64, tokens),
  temperature: preset('--temperature <t>', 'text: 0 takes the likeliest token, up to 2', 0, decimal),
  seed: preset('--seed <n>', 'text: the same seed gives the same text', 0, integer),
};

/** @param text How texts are tokens of the model that is asked; null where nobody says it. */
export function questionOf(options: Values<typeof questionOptions>, text: TextTokens | null): Question {
  const { prompt, row, tokens, seed } = options;
  if ((prompt === undefined) === (row === undefined))
    throw nodeError('CONFIG_INVALID', 'A model is asked something.', { expected: '--prompt TEXT or --row NUMBERS' });
  if (row) return { kind: 'predict', inputs: f32Bytes(Float32Array.from(row)), rows: 1, values: 'outputs' };
  if (!text)
    throw nodeError('CONFIG_INVALID', 'Nobody says how texts are tokens of the model.', { expected: '--row NUMBERS' });
  const temperature = Math.round(options.temperature * 1000);
  return {
    kind: 'generate',
    prompt: text.prompt(prompt!),
    length: tokens,
    temperature,
    seed: temperature === 0 ? 0 : seed,
    stop: text.ends.slice(0, 4).map((end) => [end]),
  };
}

/** An answer for people: text, or numbers. */
export const toldOf = (answer: InferenceAnswer, text: TextTokens | null = byteTokens): string | number[] =>
  answer.kind === 'tokens' ? (text?.text(answer.tokens) ?? answer.tokens) : [...f32Values(answer)];

function tokens(text: string): number {
  const value = positive(text);
  if (value > MAX_LENGTH) throw new InvalidArgumentError(`Expected at most ${MAX_LENGTH}.`);
  return value;
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length === 0 || !values.every(Number.isFinite))
    throw new InvalidArgumentError('Expected numbers, comma-separated.');
  return values;
}
