// What a model is asked on the command line.
import type { Question } from '@covey/client/inference';
import { f32Bytes, f32Values, textOfTokens, tokensOfText, type InferenceAnswer } from '@covey/protocol/inference';
import { InvalidArgumentError } from 'commander';
import { nodeError } from '../errors.ts';
import { decimal, integer, positive } from './arguments.ts';
import { optional, preset, type Values } from './define-command.ts';

export const questionOptions = {
  prompt: optional('--prompt <text>', 'text to go on with'),
  row: optional('--row <numbers>', 'a row of features of f32, comma-separated', numbers),
  tokens: preset('--tokens <n>', 'text: how many tokens to go on for', 64, positive),
  temperature: preset('--temperature <t>', 'text: 0 takes the likeliest token, up to 2', 0, decimal),
  seed: preset('--seed <n>', 'text: the same seed gives the same text', 0, integer),
};

export function questionOf(options: Values<typeof questionOptions>): Question {
  const { prompt, row, tokens, seed } = options;
  if ((prompt === undefined) === (row === undefined))
    throw nodeError('CONFIG_INVALID', 'A model is asked something.', { expected: '--prompt TEXT or --row NUMBERS' });
  if (row) return { kind: 'predict', inputs: f32Bytes(Float32Array.from(row)), rows: 1, values: 'outputs' };
  const temperature = Math.round(options.temperature * 1000);
  return {
    kind: 'generate',
    prompt: tokensOfText(prompt!),
    length: tokens,
    temperature,
    seed: temperature === 0 ? 0 : seed,
    stop: [],
  };
}

/** An answer for people: text, or numbers. */
export const toldOf = (answer: InferenceAnswer): string | number[] =>
  answer.kind === 'tokens' ? textOfTokens(answer.tokens) : [...f32Values(answer)];

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length === 0 || !values.every(Number.isFinite))
    throw new InvalidArgumentError('Expected numbers, comma-separated.');
  return values;
}
