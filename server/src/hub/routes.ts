import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import mercurius from 'mercurius';
import { messageOf, ServerError } from '../errors.ts';
import { graphqlSchema, resolvers } from './graphql.ts';
import type { GraphqlOptions } from './graphql.ts';
import { isSyntaxTree, MAX_TOKENS, rootFieldsRule } from './query-limits.ts';

/** The hub as Snapshot's clients know it: they post signed messages, and query with GraphQL. */
export async function hubRoutes(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { hub } = options;
  for (const broken of hub.broken) app.log.error(broken, 'a line of the message log holds no message and was skipped');

  async function ingest(request: FastifyRequest, reply: FastifyReply) {
    try {
      const { id, ipfs } = await hub.ingest(request.body);
      // This hub has no key of its own and signs no receipts: the signed message under `ipfs` is the receipt.
      return { id, ipfs, relayer: { address: '0x0000000000000000000000000000000000000000', receipt: '' } };
    } catch (error) {
      const known = error instanceof ServerError && error.code === 'HUB_INVALID';
      if (!known) request.log.error(error);
      return reply.status(known ? 400 : 500).send({
        error: known ? 'client_error' : 'server_error',
        error_description: known ? messageOf(error) : 'oops, something went wrong',
      });
    }
  }

  for (const url of ['/snapshot', '/api/msg']) {
    app.post(url, { bodyLimit: 256 * 1024, schema: { hide: true } }, ingest);
    app.get(url, { schema: { hide: true } }, () => ({
      name: 'covey-hub',
      network: String(options.chainId),
      spaces: [hub.space],
    }));
  }

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
