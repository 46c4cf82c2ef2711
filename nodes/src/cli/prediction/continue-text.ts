import { Generation, Writer, type TextTokens } from '@covey/protocol/inference';
import type { Core } from '@covey/wasm-core';
import { textOf } from '../../data/import/index.ts';
import { nodeError } from '../../errors.ts';
import { textTokensOf } from '../evaluation/texts.ts';
import type { PredictionModel } from './model.ts';

export interface Continued {
  prompt: string;
  text: string;
  /** What most likely follows the prompt, most likely first. */
  next: { text: string; token: number; probability: number }[];
}

/** The most likely tokens after a prompt, one after another, up to one that ends a text. */
export function continueText(core: Core, model: PredictionModel, given: Uint8Array, count: number): Continued {
  const { architecture, parameters } = model;
  const text = textTokensOf(model);
  const prompt = textOf(given);
  const tokens = text.prompt(prompt);
  if (tokens.length === 0)
    throw nodeError('DATA_BAD_TEXT', 'There is no text to go on with.', { expected: 'at least one token' });
  const generation = new Watched(
    { architecture },
    {
      ...{ schema: 'covey.request/1', model: '', network: '', kind: 'generate', prompt: tokens },
      ...{ length: count, temperature: 0, seed: 0 },
      stop: text.ends.slice(0, 4).map((end) => [end]),
    },
  );
  const writer = new Writer(core, { architecture, parameters });
  try {
    while (generation.finish === null) writer.step([generation]);
  } finally {
    writer.close();
  }
  const next = generation.next.map((one) => ({ text: text.text([one.token]), ...one }));
  return { prompt, text: continued(text, tokens, generation.tokens), next };
}

/** What stands behind the prompt: a token is written by what stands before it. */
function continued(text: TextTokens, prompt: readonly number[], tokens: readonly number[]): string {
  const stream = text.stream();
  stream.add(prompt);
  return stream.add(tokens) + stream.end();
}

const SHOWN = 5;

/** A generation that keeps how likely the first tokens were. */
class Watched extends Generation {
  next: { token: number; probability: number }[] = [];

  override take(outputs: Float32Array): number {
    if (this.tokens.length === 0) this.next = likeliest(outputs);
    return super.take(outputs);
  }
}

function likeliest(outputs: Float32Array): { token: number; probability: number }[] {
  const most = outputs.reduce((so, one) => Math.max(so, one), -Infinity);
  const sum = outputs.reduce((so, one) => so + Math.exp(one - most), 0);
  return Array.from(outputs, (output, token) => ({ token, probability: Math.exp(output - most) / sum }))
    .sort((a, b) => b.probability - a.probability || a.token - b.token)
    .slice(0, SHOWN);
}
