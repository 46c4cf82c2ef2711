import type { OfferedModel } from './offer.ts';
import type { InferenceRequest } from './request.ts';

/**
 * What a run of the model costs at least, in tokens: its weights are brought to the core and arranged for it, whose work is
 * that of some 40 tokens, whatever the model.
 */
export const LEAST_RUN = 32;

/**
 * Tokens that the model is run over for a request, or rows of features: what it is paid for. Each token of an answer is a run
 * over all that the model sees then, and a row of tokens has the whole window. A stop that ends a text earlier makes it no
 * cheaper.
 */
export function unitsOf(request: InferenceRequest, window: number): number {
  switch (request.kind) {
    case 'predict':
      return run(request.rows * window);
    case 'embed':
      return run(request.texts.reduce((sum, { length }) => sum + Math.min(length, window), 0));
    case 'generate': {
      const { prompt, length } = request;
      let sum = 0;
      for (let said = 0; said < length; said++) sum += run(Math.min(prompt.length + said, window));
      return sum;
    }
  }
}

const run = (tokens: number): number => Math.max(LEAST_RUN, tokens);

/** Wei that a request costs: the same for host and client, from the offer and the request alone. Rounded up to the wei. */
export function priceOf(
  { request: each, thousand, window }: Pick<OfferedModel, 'request' | 'thousand' | 'window'>,
  request: InferenceRequest,
): bigint {
  return BigInt(each) + (BigInt(thousand) * BigInt(unitsOf(request, window)) + 999n) / 1000n;
}

/**
 * Whether a request that was refused with this code costs its price all the same: it was computed until its own input was too
 * much for the core, or its time was over. Whatever was refused after tokens had been said costs it too.
 */
export const isPaidRefusal = (code: string): boolean => code.startsWith('CORE_') || code === 'ANSWER_TIME_LIMIT';
