import type { z } from 'zod';
import { configSchema, healthSchema, statsSchema } from './config.ts';
import { delegateSchema, delegateSummarySchema } from './delegate.ts';
import { listingDetailSchema, listingSchema, purchaseSchema } from './market.ts';
import { accountSchema, nodeSchema, nodeSummarySchema } from './node.ts';
import { policySchema } from './policy.ts';
import { page } from './primitives.ts';
import { proposalSchema, proposalSummarySchema } from './proposal.ts';
import { roundSchema } from './round.ts';
import { slashCaseSchema } from './slash.ts';
import {
  snapshotEnvelopePageSchema,
  snapshotPowerSchema,
  snapshotProposalDetailSchema,
  snapshotProposalSchema,
} from './snapshot.ts';
import { taskSchema, taskSummarySchema } from './task.ts';

export const apiPrefix = '/api/v1';
export const livePath = `${apiPrefix}/live`;

/** Schemas of the paginated lists. */
export const taskPageSchema = page(taskSummarySchema);
export const proposalPageSchema = page(proposalSummarySchema);
export const nodePageSchema = page(nodeSummarySchema);
export const slashCasePageSchema = page(slashCaseSchema);
export const listingPageSchema = page(listingSchema);
export const purchasePageSchema = page(purchaseSchema);
export const snapshotProposalPageSchema = page(snapshotProposalSchema);
export const delegatePageSchema = page(delegateSummarySchema);

type Query = Record<string, string | number | undefined>;

function withQuery(path: string, query: Query = {}): string {
  const set = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return `${apiPrefix}${path}${text === '' ? '' : `?${text}`}`;
}

const part = (value: string | number | bigint) => encodeURIComponent(String(value));

/** Path of each GET with the schema of its answer; the query takes `limit`, `cursor` and the named filters. */
export const endpoints = {
  config: { path: () => withQuery('/config'), schema: configSchema },
  stats: { path: () => withQuery('/stats'), schema: statsSchema },
  health: { path: () => withQuery('/health'), schema: healthSchema },
  tasks: {
    path: (query?: { state?: string; creator?: string; limit?: number; cursor?: string }) => withQuery('/tasks', query),
    schema: taskPageSchema,
  },
  task: { path: (id: string | bigint) => withQuery(`/tasks/${part(id)}`), schema: taskSchema },
  round: {
    path: (id: string | bigint, round: number) => withQuery(`/tasks/${part(id)}/rounds/${part(round)}`),
    schema: roundSchema,
  },
  proposals: {
    path: (query?: { limit?: number; cursor?: string }) => withQuery('/proposals', query),
    schema: proposalPageSchema,
  },
  proposal: { path: (id: string | bigint) => withQuery(`/proposals/${part(id)}`), schema: proposalSchema },
  policy: { path: () => withQuery('/policy'), schema: policySchema },
  nodes: { path: (query?: { limit?: number; cursor?: string }) => withQuery('/nodes', query), schema: nodePageSchema },
  node: { path: (address: string) => withQuery(`/nodes/${part(address)}`), schema: nodeSchema },
  account: { path: (address: string) => withQuery(`/accounts/${part(address)}`), schema: accountSchema },
  slashCases: {
    path: (query?: { state?: string; taskId?: string; target?: string; limit?: number; cursor?: string }) =>
      withQuery('/slash-cases', query),
    schema: slashCasePageSchema,
  },
  listings: {
    path: (query?: { taskId?: string; limit?: number; cursor?: string }) => withQuery('/listings', query),
    schema: listingPageSchema,
  },
  listing: { path: (id: string | bigint) => withQuery(`/listings/${part(id)}`), schema: listingDetailSchema },
  purchases: {
    path: (id: string | bigint, query?: { limit?: number; cursor?: string }) =>
      withQuery(`/listings/${part(id)}/purchases`, query),
    schema: purchasePageSchema,
  },
  snapshotProposals: {
    path: (query?: { limit?: number; cursor?: string }) => withQuery('/snapshot/proposals', query),
    schema: snapshotProposalPageSchema,
  },
  snapshotProposal: {
    path: (id: string) => withQuery(`/snapshot/proposals/${part(id)}`),
    schema: snapshotProposalDetailSchema,
  },
  /** Signed votes that count on the hub; `pending=true`: only those that are not on chain as they stand. */
  snapshotEnvelopes: {
    path: (id: string, query?: { pending?: 'true'; limit?: number; cursor?: string }) =>
      withQuery(`/snapshot/proposals/${part(id)}/envelopes`, query),
    schema: snapshotEnvelopePageSchema,
  },
  /** By voting power. `search` is a part of a name or address; `statement=true`: only those that have written one. */
  delegates: {
    path: (query?: { search?: string; statement?: 'true'; limit?: number; cursor?: string }) =>
      withQuery('/delegates', query),
    schema: delegatePageSchema,
  },
  /** Any address: one that nobody delegates to has an empty page. */
  delegate: { path: (address: string) => withQuery(`/delegates/${part(address)}`), schema: delegateSchema },
  /** Voting power of an address at a block (the latest without one). */
  snapshotPower: {
    path: (address: string, block?: number) => withQuery('/snapshot/power', { address, block }),
    schema: snapshotPowerSchema,
  },
} as const;

export type EndpointName = keyof typeof endpoints;
export type Answer<N extends EndpointName> = z.output<(typeof endpoints)[N]['schema']>;
