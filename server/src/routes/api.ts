import { coveyTokenAbi } from '@covey/contracts/abi';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { HubReader } from '../hub/types.ts';
import { apiPrefix, decimal, endpoints, pageQuerySchema, slashStateSchema, taskStateSchema } from '../schema/index.ts';
import type { Config } from '../schema/index.ts';
import { listListings, listPurchases, readListing } from '../views/market.ts';
import { listNodes, readNode } from '../views/nodes.ts';
import { installedPlugin } from '../views/plugin.ts';
import { readPolicy } from '../views/policy.ts';
import { listProposals, readProposal } from '../views/proposals.ts';
import { parseId } from '../views/reader.ts';
import type { Reader } from '../views/reader.ts';
import { readRound } from '../views/rounds.ts';
import { listSlashCases } from '../views/slash.ts';
import { readAccount } from '../views/stake.ts';
import { readStats } from '../views/stats.ts';
import { listTasks, readTask } from '../views/tasks.ts';
import { answers, anyAddress } from './answers.ts';
import { votingRoutes } from './voting.ts';

export interface ApiOptions {
  reader: Reader;
  hub: HubReader;
  config: Omit<Config, 'token' | 'rpcUrl'>;
  /** A block of the server's IPFS. */
  block(cid: string): Promise<Uint8Array>;
  /** The RPC as this request's browser reaches it. */
  rpcUrl(request: FastifyRequest): string;
}

const idParams = z.object({ id: decimal });

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
    // Installed and uninstalled by proposals, so where it is, the chain says and no file.
    const snapshotVoting = (await installedPlugin(reader))?.address;
    const deployment = { ...options.config.deployment, snapshotVoting };
    return { ...options.config, deployment, rpcUrl: options.rpcUrl(request), token };
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

  await app.register(votingRoutes, { reader, hub, block: options.block });
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
