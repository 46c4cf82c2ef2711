import type { FastifyRequest } from 'fastify';
import type { HubReader } from '../hub/types.ts';
import type { Config } from '../schema/index.ts';
import { listAnswerCases, readAnswerCase } from '../views/answer-cases.ts';
import { listChannels, readChannel } from '../views/channels.ts';
import { listRequests, readRequest } from '../views/desk.ts';
import { listHosts, readHost } from '../views/hosts.ts';
import { readModel } from '../views/models.ts';
import { readMarket } from '../views/market.ts';
import { listLicences, readMarketAccount } from '../views/market-account.ts';
import { listListings, listPurchases, readListing } from '../views/listings.ts';
import { listNodes, readNode } from '../views/nodes.ts';
import { listOrders, readOrder } from '../views/orders.ts';
import { installedPlugin } from '../views/plugin.ts';
import { readPolicy } from '../views/policy.ts';
import { listProposals, readProposal } from '../views/proposals.ts';
import { parseId } from '../views/reader.ts';
import type { Reader } from '../views/reader.ts';
import { readRound } from '../views/rounds.ts';
import { listSlashCases } from '../views/slash.ts';
import { readAccount } from '../views/stake.ts';
import { readStats } from '../views/stats.ts';
import { readToken } from '../views/token.ts';
import { listTasks, readTask } from '../views/tasks.ts';
import type { Answers } from './serve-endpoints.ts';

export interface ChainAnswersOptions {
  reader: Reader;
  hub: HubReader;
  config: Omit<Config, 'token' | 'rpcUrl'>;
  /** The RPC as this request's browser reaches it. */
  rpcUrl(request: FastifyRequest): string;
}

const optionalId = (text: string | undefined) => (text === undefined ? undefined : parseId(text));

/** What the index knows of the chain. */
export function chainAnswers({ reader, hub, config, rpcUrl }: ChainAnswersOptions) {
  return {
    async config({ request }) {
      const token = await readToken(reader);
      // Installed and uninstalled by proposals, so where it is, the chain says and no file.
      const snapshotVoting = (await installedPlugin(reader))?.address;
      return { ...config, deployment: { ...config.deployment, snapshotVoting }, rpcUrl: rpcUrl(request), token };
    },
    stats: () => readStats(reader, hub.proposals().length),
    tasks: ({ query }) => listTasks(reader, query),
    task: ({ params }) => readTask(reader, parseId(params.id)),
    round: ({ params }) => readRound(reader, parseId(params.id), params.round),
    proposals: ({ query }) => listProposals(reader, query),
    proposal: ({ params }) => readProposal(reader, parseId(params.id)),
    policy: () => readPolicy(reader),
    nodes: ({ query }) => listNodes(reader, query),
    node: ({ params }) => readNode(reader, params.address),
    account: ({ params }) => readAccount(reader, params.address),
    slashCases: ({ query: { taskId, ...query } }) => listSlashCases(reader, { ...query, taskId: optionalId(taskId) }),
    listings: ({ query: { taskId, ...query } }) => listListings(reader, { ...query, taskId: optionalId(taskId) }),
    listing: ({ params }) => readListing(reader, parseId(params.id)),
    hosts: ({ query }) => listHosts(reader, query),
    host: ({ params }) => readHost(reader, params.address),
    channels: ({ query }) => listChannels(reader, query),
    channel: ({ params }) => readChannel(reader, params.digest),
    answerCases: ({ query }) => listAnswerCases(reader, query),
    answerCase: ({ params }) => readAnswerCase(reader, parseId(params.id)),
    inferenceRequests: ({ query }) => listRequests(reader, query),
    inferenceRequest: ({ params }) => readRequest(reader, parseId(params.id)),
    model: ({ params }) => readModel(reader, params.cid),
    market: () => readMarket(reader),
    orders: ({ query: { listingId, ...query } }) => listOrders(reader, { ...query, listingId: optionalId(listingId) }),
    order: ({ params }) => readOrder(reader, parseId(params.id)),
    marketAccount: ({ params }) => readMarketAccount(reader, params.address),
    licences: ({ params, query }) => listLicences(reader, params.address, query),
    purchases: ({ params, query }) => listPurchases(reader, parseId(params.id), query),
  } satisfies Partial<Answers>;
}
