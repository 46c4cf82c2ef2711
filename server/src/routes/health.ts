import type { FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Indexer } from '../indexer/indexer.ts';
import { apiPrefix, healthSchema } from '../schema/index.ts';
import type { Health } from '../schema/index.ts';

/** Blocks that a ready index may lag behind the head that it last saw. */
const MAX_LAG = 2;

export async function healthRoutes(
  instance: FastifyInstance,
  { indexer, version }: { indexer: Indexer; version: string },
) {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.get(
    `${apiPrefix}/health`,
    { schema: { summary: 'Ready when the index has caught up', response: { 200: healthSchema, 503: healthSchema } } },
    async (_request, reply) => {
      const indexed = indexer.position?.blockNumber ?? null;
      const head = indexer.head ?? null;
      const caughtUp = indexed !== null && head !== null && head - indexed <= MAX_LAG;
      const status: Health['status'] = indexer.lastError !== undefined ? 'degraded' : caughtUp ? 'ready' : 'syncing';
      return reply.status(status === 'ready' ? 200 : 503).send({
        status,
        version,
        uptimeSeconds: process.uptime(),
        chain: {
          indexedBlock: indexed,
          headBlock: head,
          lastError: indexer.lastError ?? null,
          skippedEvents: indexer.skipped,
        },
      });
    },
  );
}
