import { isCoveyError, type CoveyError } from '@covey/errors';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ServerErrorCode } from '../errors.ts';
import type { ErrorBody } from '../schema/index.ts';

const codeOfStatus: Record<number, ServerErrorCode> = {
  404: 'SERVER_NOT_FOUND',
  405: 'SERVER_METHOD_NOT_ALLOWED',
  413: 'SERVER_TOO_LARGE',
  429: 'SERVER_RATE_LIMITED',
};

/** Every error leaves as `{error: {code, message, …}}`; faults of the server keep their details in its log. */
export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | CoveyError | Error, request, reply) => {
    if (isCoveyError(error)) {
      if (error.status >= 500) request.log.error(error);
      const { code, expected, got, hint } = error;
      return sendError(reply, error.status, { code, message: error.message, ...defined({ expected, got, hint }) });
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
      const [issue] = error.validation;
      return sendError(reply, 400, {
        code: 'SERVER_INVALID_ARGUMENT',
        message: `invalid ${error.validationContext ?? 'request'}${issue?.instancePath ?? ''}: ${issue?.message ?? error.message}`,
      });
    }
    const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status < 500) {
      return sendError(reply, status, {
        code: codeOfStatus[status] ?? 'SERVER_INVALID_ARGUMENT',
        message: error.message,
      });
    }
    request.log.error(error);
    if (isUnreachable(error)) {
      return sendError(reply, 503, {
        code: 'SERVER_RPC_UNAVAILABLE',
        message: 'the chain cannot be reached',
        hint: 'try again in a moment',
      });
    }
    return sendError(reply, 500, {
      code: 'SERVER_INTERNAL',
      message: 'something went wrong on the server; its log has the details',
    });
  });
}

export function sendError(reply: FastifyReply, status: number, error: ErrorBody['error']): FastifyReply {
  return reply.status(status).type('application/json').serializer(JSON.stringify).send({ error });
}

function defined<T extends Record<string, string | undefined>>(values: T): Partial<Record<keyof T, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<keyof T, string>
  >;
}

/** viem wraps what the transport says; somewhere in the chain of causes stands which it was. */
function isUnreachable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'HttpRequestError' || cause.name === 'TimeoutError') return true;
  }
  return false;
}
