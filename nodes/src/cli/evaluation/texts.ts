import { vocabularyOf } from '@covey/protocol';
import { MAX_PROMPT, byteTokens, type TextTokens } from '@covey/protocol/inference';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import type { PredictionModel } from '../prediction/model.ts';

/** Text, or the tokens that it is for the model. */
export const textSchema = z.union([
  z.string().min(1).max(MAX_PROMPT),
  z.array(z.number().int().min(0).max(0xffffffff)).min(1).max(MAX_PROMPT),
]);

export type Text = z.infer<typeof textSchema>;

type TextModel = Pick<PredictionModel, 'architecture' | 'text'>;

/** By the model's tokenizer, or as bytes. Throws CONFIG_INVALID where nobody says how a text is cut. */
export function textTokensOf({ architecture, text }: TextModel): TextTokens {
  if (text) return text;
  if (vocabularyOf(architecture) === 256) return byteTokens;
  throw nodeError('CONFIG_INVALID', 'Nobody says which tokens a text is for this model.', {
    expected: 'a model of bytes, --tokenizer FILE, or lists of token numbers in place of texts',
  });
}

/** A text by itself, with what its tokenizer puts around one. */
export const wholeTokens = (model: TextModel, text: Text): readonly number[] =>
  typeof text === 'string' ? textTokensOf(model).whole(text) : text;

export const promptTokens = (model: TextModel, text: Text): readonly number[] =>
  typeof text === 'string' ? textTokensOf(model).prompt(text) : text;

/** What a choice adds to its context: texts are cut together, as they would stand. */
export function choiceTokens(model: TextModel, context: Text, choice: Text): readonly number[] {
  if (typeof choice !== 'string') return choice;
  const text = textTokensOf(model);
  if (typeof context !== 'string') return text.bare(choice);
  return text.prompt(context + choice).slice(text.prompt(context).length);
}

/** UTF-8 bytes of a text; of tokens how many they are. */
export const bytesOf = (text: Text): number => (typeof text === 'string' ? Buffer.byteLength(text) : text.length);
