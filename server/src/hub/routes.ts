import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import mercurius from 'mercurius';
import { messageOf, isServerError } from '../errors.ts';
import { isSyntaxTree, MAX_TOKENS, rootFieldsRule } from './graphql/query-limits.ts';
import { resolvers } from './graphql/resolvers.ts';
import type { GraphqlOptions } from './graphql/resolvers.ts';
import { graphqlSchema } from './graphql/schema.ts';
import { scoreRoutes } from './score-routes.ts';
import type { Hub } from './hub.ts';

export interface HubRoutesOptions extends GraphqlOptions {
  /** The embedded hub; none when the server follows an outside one. */
  intake: Hub | undefined;
}

const MAX_BODY_BYTES = 256 * 1024;

/** Errors in the shape that Snapshot's clients know. */
const answerError = (status: number, description: string) => ({
  error: status < 500 ? 'client_error' : 'server_error',
  error_description: status < 500 ? description : 'oops, something went wrong',
});

/** The hub as Snapshot's clients know it: they post signed messages, and query with GraphQL. */
export async function hubRoutes(app: FastifyInstance, options: HubRoutesOptions): Promise<void> {
  const { hub, intake } = options;
  for (const broken of intake?.broken ?? [])
    app.log.error(broken, 'a line of the message log holds no message and was skipped');

  async function ingest(request: FastifyRequest, reply: FastifyReply) {
    if (intake === undefined)
      return reply.status(400).send(answerError(400, 'not a sequencer: this server follows another hub, post there'));
    const { id, ipfs } = await intake.ingest(request.body);
    // This hub has no key of its own and signs no receipts: the signed message under `ipfs` is the receipt.
    return { id, ipfs, relayer: { address: '0x0000000000000000000000000000000000000000', receipt: '' } };
  }

  /** Also for what fails before the message is looked at: no JSON, too large, too many requests. */
  function refuse(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    if (isServerError(error) && error.code === 'HUB_INVALID')
      return reply.status(400).send(answerError(400, messageOf(error)));
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    const words = status === 413 ? `too large message: more than ${MAX_BODY_BYTES} bytes` : messageOf(error);
    return reply.status(status).send(answerError(status, status === 400 ? `wrong envelope format: ${words}` : words));
  }

  for (const url of ['/snapshot', '/api/msg']) {
    app.post(url, { bodyLimit: MAX_BODY_BYTES, schema: { hide: true }, errorHandler: refuse }, ingest);
    app.get(url, { schema: { hide: true } }, () => ({
      name: 'covey-hub',
      network: String(options.chainId),
      spaces: [hub.space],
    }));
  }

  await scoreRoutes(app, options);
  await app.register(mercurius, {
    schema: graphqlSchema,
    resolvers: resolvers(options),
    path: '/graphql',
    jit: 1,
    queryDepth: 8,
    graphql: { parseOptions: { maxTokens: MAX_TOKENS } },
    validationRules: [rootFieldsRule],
    graphiql: false,
  });
  app.graphql.addHook('preParsing', async (_schema, source) => {
    if (isSyntaxTree(source)) throw new mercurius.ErrorWithProps('the query is no GraphQL text', {}, 400);
  });
}
