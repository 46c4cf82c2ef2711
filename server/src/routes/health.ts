import type { Indexer } from '../indexer/indexer.ts';
import type { Health } from '../schema/index.ts';
import type { Answers } from './serve-endpoints.ts';

/** Blocks that a ready index may lag behind the head that it last saw. */
const MAX_LAG = 2;

export function healthAnswers({ indexer, version }: { indexer: Indexer; version: string }) {
  return {
    async health({ reply }) {
      const indexed = indexer.position?.blockNumber ?? null;
      const head = indexer.head ?? null;
      const caughtUp = indexed !== null && head !== null && head - indexed <= MAX_LAG;
      const status: Health['status'] = indexer.lastError !== undefined ? 'degraded' : caughtUp ? 'ready' : 'syncing';
      reply.status(status === 'ready' ? 200 : 503);
      return {
        status,
        version,
        uptimeSeconds: process.uptime(),
        chain: {
          indexedBlock: indexed,
          headBlock: head,
          lastError: indexer.lastError ?? null,
          skippedEvents: indexer.skipped,
        },
      };
    },
  } satisfies Partial<Answers>;
}
