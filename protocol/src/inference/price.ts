import type { OfferedModel } from './offer.ts';
import type { InferenceRequest } from './request.ts';

/** Tokens or rows that a request is paid for: what it asks for, whether a stop ends it earlier or not. */
export function unitsOf(request: InferenceRequest): number {
  switch (request.kind) {
    case 'predict':
      return request.rows;
    case 'embed':
      return request.texts.reduce((sum, { length }) => sum + length, 0);
    case 'generate':
      return request.prompt.length + request.length;
  }
}

/** Wei that a request costs: the same for host and client, from the offer and the request alone. Rounded up to the wei. */
export function priceOf(
  { request: each, thousand }: Pick<OfferedModel, 'request' | 'thousand'>,
  request: InferenceRequest,
): bigint {
  return BigInt(each) + (BigInt(thousand) * BigInt(unitsOf(request)) + 999n) / 1000n;
}

/**
 * Whether a request that was refused with this code costs its price all the same: it was computed until its own input was too
 * much for the core, or its time was over. Whatever was refused after tokens had been said costs it too.
 */
export const isPaidRefusal = (code: string): boolean => code.startsWith('CORE_') || code === 'ANSWER_TIME_LIMIT';
