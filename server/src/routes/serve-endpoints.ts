import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { serverError } from '../errors.ts';
import { apiPrefix, endpoints, errorSchema } from '../schema/index.ts';
import type { Endpoint, EndpointName, Endpoints } from '../schema/index.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** Answers one endpoint from what its schemas have made of the request. */
export type Answering<E extends Endpoint> = (asked: {
  params: Parsed<E['params']>;
  query: Parsed<E['query']>;
  request: FastifyRequest;
  reply: FastifyReply;
}) => Promise<z.input<E['answer']>>;

/** Who answers which endpoint. */
export type Answers<N extends EndpointName = EndpointName> = { [K in N]: Answering<Endpoints[K]> };

/** Registers every endpoint: one that nobody answers does not compile. */
export function serveEndpoints(app: FastifyInstance, answers: Answers): void {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // No name, number or address has a zero byte, and PostgreSQL refuses it in every text.
  app.addHook('onRequest', async ({ url }) => {
    if (url.includes('%00'))
      throw serverError('SERVER_INVALID_ARGUMENT', 'The address has a zero byte.', {
        expected: 'an address without %00',
      });
  });
  for (const [name, endpoint] of Object.entries(endpoints) as [EndpointName, Endpoint][]) {
    const answer = answers[name] as unknown as (asked: object) => Promise<unknown>;
    app.get(`${apiPrefix}${endpoint.path}`, { schema: routeSchema(endpoint) }, (request, reply) =>
      answer({ params: request.params, query: request.query, request, reply }),
    );
  }
}

function routeSchema({ summary, params, query, answer, answersUnready }: Endpoint) {
  const failures = answersUnready ? { 503: answer } : { '4xx': errorSchema, '5xx': errorSchema };
  return {
    summary,
    ...(params && { params }),
    ...(query && { querystring: query }),
    response: { 200: answer, ...failures },
  };
}
