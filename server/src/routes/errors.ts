import { isCoveyError, type CoveyError } from '@covey/errors';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isServerError, serverError } from '../errors.ts';
import type { ServerErrorCode } from '../errors.ts';
import type { ErrorBody } from '../schema/index.ts';

const codeOfStatus: Record<number, ServerErrorCode> = {
  404: 'SERVER_NOT_FOUND',
  405: 'SERVER_METHOD_NOT_ALLOWED',
  413: 'SERVER_TOO_LARGE',
  429: 'SERVER_RATE_LIMITED',
};

/** Every error leaves as `{error}`, the coded error of all packages; faults of the server keep their details in its log. */
export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: FastifyError | CoveyError | Error, request, reply) => {
    const { error, status } = answerable(thrown);
    if (error.status >= 500) request.log.error(thrown);
    return sendError(reply, error, status);
  });
}

/** What a caller may learn of whatever was thrown, and the HTTP status with it; the rest is for the log. */
export function answerable(thrown: FastifyError | CoveyError | Error): { error: CoveyError; status: number } {
  const error = codedError(thrown);
  const known = 'statusCode' in thrown && thrown.statusCode !== undefined && thrown.statusCode < 500;
  return { error, status: known ? thrown.statusCode! : error.status };
}

function codedError(thrown: FastifyError | CoveyError | Error): CoveyError {
  if (isServerError(thrown)) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const [issue] = thrown.validation;
    const where = `${thrown.validationContext ?? 'request'}${issue?.instancePath ?? ''}`;
    return serverError('SERVER_INVALID_ARGUMENT', `invalid ${where}: ${issue?.message ?? thrown.message}`);
  }
  // What another package threw was met while answering: the caller is not to blame, and its words may name our endpoints.
  const theirs = isCoveyError(thrown) || !('statusCode' in thrown) ? undefined : thrown.statusCode;
  const status = typeof theirs === 'number' ? theirs : 500;
  if (status < 500) return serverError(codeOfStatus[status] ?? 'SERVER_INVALID_ARGUMENT', thrown.message);
  return isUnreachable(thrown)
    ? serverError('SERVER_RPC_UNAVAILABLE', 'the chain cannot be reached')
    : serverError('SERVER_INTERNAL', 'something went wrong on the server; its log has the details');
}

export function sendError(reply: FastifyReply, error: CoveyError, status = error.status): FastifyReply {
  const body: ErrorBody = { error: error.toJSON() };
  return reply.status(status).type('application/json').serializer(JSON.stringify).send(body);
}

/** viem wraps what the transport says; somewhere in the chain of causes stands which it was. */
function isUnreachable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'HttpRequestError' || cause.name === 'TimeoutError') return true;
  }
  return false;
}
