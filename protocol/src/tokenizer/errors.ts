import type { CoveyError } from '@covey/errors';
import { protocolError } from '../errors.ts';

/** A text that this tokenizer has no tokens for. */
export const untokenizable = (
  message: string,
  details: { expected?: string; got?: string; hint?: string } = {},
): CoveyError => protocolError('PROTOCOL_UNTOKENIZABLE', message, details);
