import { isCoveyError, type CoveyError } from '@covey/errors';
import type { FastifyError } from 'fastify';
import { nodeError } from '../../errors.ts';

/** Statuses of what another thread threw, by code: it lost its class on the way. */
const kinds: readonly [RegExp, number][] = [
  [/^PROTOCOL_/, 400],
  [/^CORE_/, 400],
];

export interface ErrorBody {
  status: number;
  /** As OpenAI writes it, and our code. */
  body: { error: { message: string; type: string; code: string; expected?: string; got?: string; hint?: string } };
}

/** Whatever was thrown as an answer: no stack, no path, nothing of the machine. */
export function errorBody(thrown: unknown): ErrorBody {
  const error = isCoveyError(thrown) ? thrown : (ofFastify(thrown as FastifyError) ?? thrown);
  if (isCoveyError(error)) return ofCovey(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const status = typeof code === 'string' ? kinds.find(([pattern]) => pattern.test(code))?.[1] : undefined;
  if (status === undefined)
    return bodyOf(500, { message: 'The host failed.', type: 'server_error', code: 'HOST_FAILED' });
  return bodyOf(status, { message: String(message), type: 'invalid_request_error', code: code as string });
}

function ofFastify({ code, statusCode, message }: FastifyError): CoveyError | undefined {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return nodeError('REQUEST_TOO_LARGE', 'The body is too large.', { hint: 'Ask for less at once.' });
  if (typeof code === 'string' && code.startsWith('FST_') && statusCode !== undefined && statusCode < 500)
    return nodeError('REQUEST_INVALID', message);
  return undefined;
}

function ofCovey(error: CoveyError): ErrorBody {
  const { status, shortMessage: message, code, expected, got, hint } = error;
  // What the chain or the store did is not the caller's to read.
  if (status >= 500 && !code.startsWith('HOST_') && !code.startsWith('ANSWER_'))
    return bodyOf(503, { message: 'The host cannot answer now.', type: 'server_error', code: 'HOST_FAILED' });
  return bodyOf(status, {
    message,
    type: status < 500 ? 'invalid_request_error' : 'server_error',
    code,
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
    hint,
  });
}

const bodyOf = (status: number, error: ErrorBody['body']['error']): ErrorBody => ({ status, body: { error } });
