import { coveyTokenAbi } from '@covey/contracts/abi';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { getAddress } from 'viem';
import { z } from 'zod';
import type { HubReader } from '../hub/types.ts';
import { toVotes, wireProposal, wireProposalDetail } from '../hub/wire.ts';
import {
  address,
  apiPrefix,
  bytes32,
  decimal,
  endpoints,
  errorSchema,
  index,
  pageQuerySchema,
  slashStateSchema,
  taskStateSchema,
} from '../schema/index.ts';
import type { Config } from '../schema/index.ts';
import { listListings, listPurchases, readListing } from '../views/market.ts';
import { listNodes, readNode } from '../views/nodes.ts';
import { readPolicy } from '../views/policy.ts';
import { listProposals, readProposal } from '../views/proposals.ts';
import { missing, offsetOf, pageOf, parseId } from '../views/reader.ts';
import type { Reader } from '../views/reader.ts';
import { readRound } from '../views/rounds.ts';
import { listSlashCases } from '../views/slash.ts';
import { readAccount } from '../views/stake.ts';
import { readStats } from '../views/stats.ts';
import { listTasks, readTask } from '../views/tasks.ts';

export interface ApiOptions {
  reader: Reader;
  hub: HubReader;
  config: Omit<Config, 'token' | 'rpcUrl'>;
  /** The RPC as this request's browser reaches it. */
  rpcUrl(request: FastifyRequest): string;
}

const anyAddress = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const idParams = z.object({ id: decimal });

function answers<S extends z.ZodType>(schema: S, summary: string) {
  return { summary, response: { 200: schema, '4xx': errorSchema, '5xx': errorSchema } };
}

/** The REST API: reads only; whoever wants to change something sends a transaction. */
export async function apiRoutes(instance: FastifyInstance, options: ApiOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const { reader, hub } = options;
  const path = (route: string) => `${apiPrefix}${route}`;
  let token: Config['token'] | undefined;

  app.get(path('/config'), { schema: answers(endpoints.config.schema, 'Where this Covey is') }, async (request) => {
    token ??= await readToken(reader);
    return { ...options.config, rpcUrl: options.rpcUrl(request), token };
  });

  app.get(path('/stats'), { schema: answers(endpoints.stats.schema, 'Counts and sums') }, () =>
    readStats(reader, hub.proposals().length),
  );

  app.get(
    path('/tasks'),
    {
      schema: {
        ...answers(endpoints.tasks.schema, 'Tasks, newest first'),
        querystring: pageQuerySchema.extend({ state: taskStateSchema.optional(), creator: anyAddress.optional() }),
      },
    },
    ({ query }) => listTasks(reader, query),
  );

  app.get(
    path('/tasks/:id'),
    { schema: { ...answers(endpoints.task.schema, 'A task'), params: idParams } },
    ({ params }) => readTask(reader, parseId(params.id)),
  );

  app.get(
    path('/tasks/:id/rounds/:round'),
    {
      schema: {
        ...answers(endpoints.round.schema, 'A round with everything that happened in it'),
        params: idParams.extend({ round: z.coerce.number().int().min(0).max(65_535) }),
      },
    },
    ({ params }) => readRound(reader, parseId(params.id), params.round),
  );

  app.get(
    path('/proposals'),
    {
      schema: {
        ...answers(endpoints.proposals.schema, 'Proposals on chain, newest first'),
        querystring: pageQuerySchema,
      },
    },
    ({ query }) => listProposals(reader, query),
  );

  app.get(
    path('/proposals/:id'),
    {
      schema: {
        ...answers(endpoints.proposal.schema, 'A proposal with its decoded calls and votes'),
        params: idParams,
      },
    },
    ({ params }) => readProposal(reader, parseId(params.id)),
  );

  app.get(
    path('/policy'),
    { schema: answers(endpoints.policy.schema, 'Every governed number, with its history') },
    () => readPolicy(reader),
  );

  app.get(
    path('/nodes'),
    { schema: { ...answers(endpoints.nodes.schema, 'Nodes by stake'), querystring: pageQuerySchema } },
    ({ query }) => listNodes(reader, query),
  );

  app.get(
    path('/nodes/:address'),
    { schema: { ...answers(endpoints.node.schema, 'A node'), params: z.object({ address: anyAddress }) } },
    ({ params }) => readNode(reader, params.address),
  );

  app.get(
    path('/accounts/:address'),
    {
      schema: {
        ...answers(endpoints.account.schema, 'What an address has staked, delegated and locked'),
        params: z.object({ address: anyAddress }),
      },
    },
    ({ params }) => readAccount(reader, params.address),
  );

  app.get(
    path('/slash-cases'),
    {
      schema: {
        ...answers(endpoints.slashCases.schema, 'Slash cases, newest first'),
        querystring: pageQuerySchema.extend({
          state: slashStateSchema.optional(),
          taskId: decimal.optional(),
          target: anyAddress.optional(),
        }),
      },
    },
    ({ query }) => {
      const { taskId, ...rest } = query;
      return listSlashCases(reader, { ...rest, taskId: taskId === undefined ? undefined : parseId(taskId) });
    },
  );

  app.get(
    path('/listings'),
    {
      schema: {
        ...answers(endpoints.listings.schema, 'Models on the market, newest first'),
        querystring: pageQuerySchema.extend({ taskId: decimal.optional() }),
      },
    },
    ({ query }) => {
      const { taskId, ...rest } = query;
      return listListings(reader, { ...rest, taskId: taskId === undefined ? undefined : parseId(taskId) });
    },
  );

  app.get(
    path('/listings/:id'),
    { schema: { ...answers(endpoints.listing.schema, 'A listed model'), params: idParams } },
    ({ params }) => readListing(reader, parseId(params.id)),
  );

  app.get(
    path('/listings/:id/purchases'),
    {
      schema: {
        ...answers(endpoints.purchases.schema, 'Who bought it'),
        params: idParams,
        querystring: pageQuerySchema,
      },
    },
    ({ params, query }) => listPurchases(reader, parseId(params.id), query),
  );

  app.get(
    path('/snapshot/proposals'),
    {
      schema: {
        ...answers(endpoints.snapshotProposals.schema, 'Gasless proposals, newest first'),
        querystring: pageQuerySchema,
      },
    },
    async ({ query }) => {
      const all = hub.proposals();
      const from = offsetOf(query);
      const items = await Promise.all(all.slice(from, from + query.limit).map((item) => wireProposal(hub, item)));
      return pageOf(
        items.map((item) => ({ ...item, quorum: null, binding: null })),
        all.length,
        query,
      );
    },
  );

  app.get(
    path('/snapshot/proposals/:id'),
    {
      schema: {
        ...answers(endpoints.snapshotProposal.schema, 'A gasless proposal with its votes'),
        params: z.object({ id: bytes32 }),
      },
    },
    async ({ params }) => {
      const proposal = hub.proposal(params.id);
      if (proposal === undefined) throw missing(`snapshot proposal ${params.id}`);
      return { ...(await wireProposalDetail(hub, proposal)), quorum: null, binding: null };
    },
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
      const block = query.block ?? reader.block().number - 1;
      const wei = await hub.power(getAddress(query.address), block);
      return { address: getAddress(query.address), block, vp: toVotes(wei), wei: wei.toString() };
    },
  );
}

async function readToken(reader: Reader): Promise<Config['token']> {
  const token = { address: reader.deployment.token, abi: coveyTokenAbi } as const;
  const [name, symbol, decimals] = await Promise.all([
    reader.client.readContract({ ...token, functionName: 'name' }),
    reader.client.readContract({ ...token, functionName: 'symbol' }),
    reader.client.readContract({ ...token, functionName: 'decimals' }),
  ]);
  return { name, symbol, decimals };
}
