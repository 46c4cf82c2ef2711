import { vocabularyOf } from '@covey/protocol';
import { MAX_PROMPT, tokensOfText, type InferenceModel } from '@covey/protocol/inference';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';

/** Text, or the tokens that it is for the model. */
export const textSchema = z.union([
  z.string().min(1).max(MAX_PROMPT),
  z.array(z.number().int().min(0).max(0xffffffff)).min(1).max(MAX_PROMPT),
]);

export type Text = z.infer<typeof textSchema>;

/** The tokens of a text. Throws CONFIG_INVALID where the model does not say how a text is cut. */
export function tokensFor({ architecture }: Pick<InferenceModel, 'architecture'>, text: Text): number[] {
  if (typeof text !== 'string') return text;
  if (vocabularyOf(architecture) === 256) return tokensOfText(text);
  throw nodeError('CONFIG_INVALID', 'Nobody says which tokens a text is for this model.', {
    expected: 'a model of bytes, or lists of token numbers in place of texts',
  });
}

/** UTF-8 bytes of a text; of tokens how many they are. */
export const bytesOf = (text: Text): number => (typeof text === 'string' ? Buffer.byteLength(text) : text.length);
