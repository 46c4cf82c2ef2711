import { endpoints, pathOf } from '@covey/server/schema';
import type { Answer, AnswerOf, Asked, Endpoint } from '@covey/server/schema';
import { createApiClient } from './client.ts';

export const api = createApiClient();
export { endpoints };

/** Calls an endpoint of the API: `callEndpoint(endpoints.task, { params: { id } })`. */
export const callEndpoint = <E extends Endpoint>(
  endpoint: E,
  asked: Asked<E>,
  signal?: AbortSignal,
): Promise<AnswerOf<E>> => api.get(pathOf(endpoint, asked), endpoint.answer, signal) as Promise<AnswerOf<E>>;

export type AppConfig = Answer<'config'>;
export type Stats = Answer<'stats'>;
export type Task = Answer<'task'>;
export type Round = Answer<'round'>;
export type Submission = Round['submissionList'][number];
export type Validator = Round['validatorList'][number];
export type Proposal = Answer<'proposal'>;
export type ProposalSummary = Answer<'proposals'>['items'][number];
export type Action = Proposal['actions'][number];
export type Policy = Answer<'policy'>;
export type PolicyParam = Policy['params'][number];
export type NodeDetail = Answer<'node'>;
export type SlashCase = Answer<'slashCases'>['items'][number];
export type Listing = Answer<'listings'>['items'][number];
export type ListingDetail = Answer<'listing'>;
export type HostSummary = Answer<'hosts'>['items'][number];
export type HostDetail = Answer<'host'>;
export type Model = Answer<'model'>;
export type Order = Answer<'order'>;
export type SnapshotDetail = Answer<'snapshotProposal'>;
export type SnapshotSummary = Answer<'snapshotProposals'>['items'][number];
export type SnapshotVote = SnapshotDetail['votes'][number];
export type Binding = NonNullable<SnapshotDetail['binding']>;
export type Delegate = Answer<'delegate'>;
export type DelegateSummary = Answer<'delegates'>['items'][number];
export type CastVote = Delegate['history'][number];
