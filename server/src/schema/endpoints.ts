import { z } from 'zod';
import { configSchema, healthSchema, statsSchema } from './config.ts';
import { delegateSchema, delegateSummarySchema } from './delegate.ts';
import { apiPrefix, endpoint } from './endpoint.ts';
import type { AnswerOf } from './endpoint.ts';
import { hostEndpoints } from './host-endpoints.ts';
import { modelSchema } from './model.ts';
import {
  licenceSchema,
  listingDetailSchema,
  listingKindSchema,
  listingSchema,
  listingSorts,
  listingStateSchema,
  marketAccountSchema,
  marketSchema,
  orderSchema,
  orderStateSchema,
  purchaseSchema,
} from './market.ts';
import { accountSchema, nodeSchema, nodeSummarySchema } from './node.ts';
import { policySchema } from './policy.ts';
import {
  address,
  anyAddress,
  bytes32,
  cid,
  decimal,
  index,
  maxSearchLength,
  page,
  pageQuerySchema,
} from './primitives.ts';
import { proposalSchema, proposalSummarySchema } from './proposal.ts';
import { roundSchema } from './round.ts';
import { slashCaseSchema, slashStateSchema } from './slash.ts';
import {
  snapshotEnvelopePageSchema,
  snapshotPowerSchema,
  snapshotProposalDetailSchema,
  snapshotProposalSchema,
} from './snapshot.ts';
import { taskSchema, taskStateSchema, taskSummarySchema } from './task.ts';

/** Server-sent events; the messages are `liveEventSchema`. */
export const livePath = `${apiPrefix}/live`;

const byId = z.object({ id: decimal });
const byAddress = z.object({ address: anyAddress });
const byDigest = z.object({ digest: bytes32 });
const only = z.enum(['true']).optional();

/** The description of the API, for people. */
export const docsPath = '/api/docs';

/** Every GET of the API. The server answers exactly these, and the web asks for nothing else. */
export const endpoints = {
  config: endpoint({ path: '/config', summary: 'Where this Covey is', answer: configSchema, liveKeys: ['config'] }),
  stats: endpoint({ path: '/stats', summary: 'Counts and sums', answer: statsSchema, liveKeys: ['stats'] }),
  health: endpoint({
    path: '/health',
    summary: 'Ready when the index has caught up',
    answer: healthSchema,
    liveKeys: [],
    answersUnready: true,
  }),
  tasks: endpoint({
    path: '/tasks',
    summary: 'Tasks, newest first',
    query: pageQuerySchema.extend({ state: taskStateSchema.optional(), creator: anyAddress.optional() }),
    answer: page(taskSummarySchema),
    liveKeys: ['tasks'],
    followsClock: true,
  }),
  task: endpoint({
    path: '/tasks/:id',
    summary: 'A task',
    params: byId,
    answer: taskSchema,
    liveKeys: ['tasks/:id'],
    followsClock: true,
  }),
  round: endpoint({
    path: '/tasks/:id/rounds/:round',
    summary: 'A round with everything that happened in it',
    params: byId.extend({ round: z.coerce.number<number>().int().min(0).max(65_535) }),
    answer: roundSchema,
    liveKeys: ['tasks/:id/rounds/:round'],
    followsClock: true,
  }),
  proposals: endpoint({
    path: '/proposals',
    summary: 'Proposals on chain, newest first',
    query: pageQuerySchema,
    answer: page(proposalSummarySchema),
    liveKeys: ['proposals'],
    followsClock: true,
  }),
  proposal: endpoint({
    path: '/proposals/:id',
    summary: 'A proposal with its decoded calls and votes',
    params: byId,
    answer: proposalSchema,
    liveKeys: ['proposals/:id'],
    followsClock: true,
  }),
  policy: endpoint({
    path: '/policy',
    summary: 'Every governed number, with its history',
    answer: policySchema,
    liveKeys: ['policy'],
  }),
  nodes: endpoint({
    path: '/nodes',
    summary: 'Nodes by stake',
    query: pageQuerySchema,
    answer: page(nodeSummarySchema),
    liveKeys: ['nodes'],
  }),
  node: endpoint({
    path: '/nodes/:address',
    summary: 'A node',
    params: byAddress,
    answer: nodeSchema,
    liveKeys: ['nodes/:address'],
  }),
  account: endpoint({
    path: '/accounts/:address',
    summary: 'What an address has staked, delegated and locked',
    params: byAddress,
    answer: accountSchema,
    liveKeys: ['accounts/:address'],
  }),
  slashCases: endpoint({
    path: '/slash-cases',
    summary: 'Slash cases, newest first',
    query: pageQuerySchema.extend({
      state: slashStateSchema.optional(),
      taskId: decimal.optional(),
      target: anyAddress.optional(),
    }),
    answer: page(slashCaseSchema),
    liveKeys: ['slash-cases'],
  }),
  market: endpoint({
    path: '/market',
    summary: 'What holds for the whole market',
    answer: marketSchema,
    liveKeys: ['market'],
    followsClock: true,
  }),
  /** `search` is a part of a name, or a listing's number, seller or CID; `sale`: only what can be bought now. */
  listings: endpoint({
    path: '/listings',
    summary: 'Models on the market, newest first',
    query: pageQuerySchema.extend({
      taskId: decimal.optional(),
      kind: listingKindSchema.optional(),
      seller: anyAddress.optional(),
      /** Those of which a fraud was proven can be asked for apart. */
      state: z.enum([...listingStateSchema.options, 'fraudulent']).optional(),
      sale: only,
      search: z.string().min(1).max(maxSearchLength).optional(),
      sort: z.enum(listingSorts).default('newest'),
    }),
    answer: page(listingSchema),
    liveKeys: ['listings', 'market'],
  }),
  listing: endpoint({
    path: '/listings/:id',
    summary: 'A listed model',
    params: byId,
    answer: listingDetailSchema,
    liveKeys: ['listings/:id'],
  }),
  purchases: endpoint({
    path: '/listings/:id/purchases',
    summary: 'Who bought it',
    params: byId,
    query: pageQuerySchema,
    answer: page(purchaseSchema),
    liveKeys: ['listings/:id'],
  }),
  model: endpoint({
    path: '/models/:cid',
    summary: 'A model’s lineage: who made it, and what came from it',
    params: z.object({ cid }),
    answer: modelSchema,
    liveKeys: ['tasks', 'listings'],
  }),
  orders: endpoint({
    path: '/orders',
    summary: 'Orders of sealed models, newest first',
    query: pageQuerySchema.extend({
      listingId: decimal.optional(),
      buyer: anyAddress.optional(),
      seller: anyAddress.optional(),
      state: orderStateSchema.optional(),
    }),
    answer: page(orderSchema),
    liveKeys: ['orders'],
    followsClock: true,
  }),
  order: endpoint({
    path: '/orders/:id',
    summary: 'An order of a sealed model',
    params: byId,
    answer: orderSchema,
    liveKeys: ['orders/:id'],
    followsClock: true,
  }),
  marketAccount: endpoint({
    path: '/accounts/:address/market',
    summary: 'What an address has earned, bought and sells',
    params: byAddress,
    answer: marketAccountSchema,
    liveKeys: ['accounts/:address', 'accounts/*', 'market'],
  }),
  licences: endpoint({
    path: '/accounts/:address/licences',
    summary: 'Licences of an address, newest first',
    params: byAddress,
    query: pageQuerySchema,
    answer: page(licenceSchema),
    liveKeys: ['accounts/:address'],
    followsClock: true,
  }),
  ...hostEndpoints,
  /** `search` is a part of a name or address; `statement`: only those that have written one. */
  delegates: endpoint({
    path: '/delegates',
    summary: 'Delegates by voting power',
    query: pageQuerySchema.extend({ search: z.string().min(1).max(maxSearchLength).optional(), statement: only }),
    answer: page(delegateSummarySchema),
    liveKeys: ['delegates'],
  }),
  /** Any address: one that nobody delegates to has an empty page. */
  delegate: endpoint({
    path: '/delegates/:address',
    summary: 'An address as a delegate: power, statement, votes',
    params: byAddress,
    answer: delegateSchema,
    liveKeys: ['delegates/:address', 'delegates/*'],
  }),
  snapshotProposals: endpoint({
    path: '/snapshot/proposals',
    summary: 'Gasless proposals, newest first',
    query: pageQuerySchema,
    answer: page(snapshotProposalSchema),
    liveKeys: ['snapshot/proposals'],
    followsClock: true,
  }),
  snapshotProposal: endpoint({
    path: '/snapshot/proposals/:digest',
    summary: 'A gasless proposal with its votes, and what makes it binding',
    params: byDigest,
    answer: snapshotProposalDetailSchema,
    liveKeys: ['snapshot/proposals/:digest'],
    followsClock: true,
  }),
  /** Signed votes that count on the hub; `pending`: only those that are not on chain as they stand. */
  snapshotEnvelopes: endpoint({
    path: '/snapshot/proposals/:digest/envelopes',
    summary: 'Its signed votes, for whoever brings them on chain',
    params: byDigest,
    query: pageQuerySchema.extend({ pending: only }),
    answer: snapshotEnvelopePageSchema,
    liveKeys: ['snapshot/proposals/:digest'],
    followsClock: true,
  }),
  /** Of an address at a block; the latest finished one without. */
  snapshotPower: endpoint({
    path: '/snapshot/power',
    summary: 'Voting power at a block',
    query: z.object({ address, block: z.coerce.number<number>().pipe(index).optional() }),
    answer: snapshotPowerSchema,
    liveKeys: [],
    followsClock: true,
  }),
} as const;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
export type Answer<N extends EndpointName> = AnswerOf<Endpoints[N]>;
