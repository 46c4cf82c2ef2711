import type { FastifyInstance } from 'fastify';
import { chainAnswers } from './chain.ts';
import type { ChainAnswersOptions } from './chain.ts';
import { healthAnswers } from './health.ts';
import { serveEndpoints } from './serve-endpoints.ts';
import { votingAnswers } from './voting.ts';
import type { VotingAnswersOptions } from './voting.ts';

export type ApiOptions = ChainAnswersOptions & VotingAnswersOptions & Parameters<typeof healthAnswers>[0];

/** The REST API: reads only; whoever wants to change something sends a transaction. */
export async function apiRoutes(app: FastifyInstance, options: ApiOptions): Promise<void> {
  serveEndpoints(app, { ...chainAnswers(options), ...votingAnswers(options), ...healthAnswers(options) });
}
