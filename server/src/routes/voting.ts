import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { getAddress } from 'viem';
import { z } from 'zod';
import type { HubReader } from '../hub/types.ts';
import { toVotes } from '../hub/wire.ts';
import { address, apiPrefix, bytes32, endpoints, index, pageQuerySchema } from '../schema/index.ts';
import { readDelegate } from '../views/delegate.ts';
import { listDelegates } from '../views/delegates.ts';
import type { Reader } from '../views/reader.ts';
import { listEnvelopes, listSnapshotProposals, readSnapshotProposal } from '../views/snapshot.ts';
import { answers, anyAddress } from './answers.ts';

export interface VotingRoutesOptions {
  reader: Reader;
  hub: HubReader;
  /** A block of the server's IPFS. */
  block(cid: string): Promise<Uint8Array>;
}

const yes = z.enum(['true']).optional();

/** Delegates and gasless proposals: what chain and hub say together. */
export async function votingRoutes(instance: FastifyInstance, { reader, hub, block }: VotingRoutesOptions) {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const path = (route: string) => `${apiPrefix}${route}`;
  const proposal = z.object({ id: bytes32 });

  app.get(
    path('/delegates'),
    {
      schema: {
        ...answers(endpoints.delegates.schema, 'Delegates by voting power'),
        querystring: pageQuerySchema.extend({ search: z.string().min(1).max(100).optional(), statement: yes }),
      },
    },
    ({ query: { statement, ...query } }) => listDelegates(reader, hub, { ...query, statement: statement === 'true' }),
  );

  app.get(
    path('/delegates/:address'),
    {
      schema: {
        ...answers(endpoints.delegate.schema, 'An address as a delegate: power, statement, votes'),
        params: z.object({ address: anyAddress }),
      },
    },
    ({ params }) => readDelegate(reader, hub, params.address),
  );

  app.get(
    path('/snapshot/proposals'),
    {
      schema: {
        ...answers(endpoints.snapshotProposals.schema, 'Gasless proposals, newest first'),
        querystring: pageQuerySchema,
      },
    },
    ({ query }) => listSnapshotProposals(reader, hub, query),
  );

  app.get(
    path('/snapshot/proposals/:id'),
    {
      schema: {
        ...answers(endpoints.snapshotProposal.schema, 'A gasless proposal with its votes, and what makes it binding'),
        params: proposal,
      },
    },
    ({ params }) => readSnapshotProposal(reader, hub, params.id),
  );

  app.get(
    path('/snapshot/proposals/:id/envelopes'),
    {
      schema: {
        ...answers(endpoints.snapshotEnvelopes.schema, 'Its signed votes, for whoever brings them on chain'),
        params: proposal,
        querystring: pageQuerySchema.extend({ pending: yes }),
      },
    },
    ({ params, query: { pending, ...query } }) =>
      listEnvelopes(reader, hub, { ...query, id: params.id, pending: pending === 'true', block }),
  );

  app.get(
    path('/snapshot/power'),
    {
      schema: {
        ...answers(endpoints.snapshotPower.schema, 'Voting power at a block'),
        querystring: z.object({ address, block: z.coerce.number().pipe(index).optional() }),
      },
    },
    async ({ query }) => {
      const at = query.block ?? reader.block().number - 1;
      const wei = await hub.power(getAddress(query.address), at);
      return { address: getAddress(query.address), block: at, vp: toVotes(wei), wei: wei.toString() };
    },
  );
}
