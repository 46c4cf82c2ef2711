import { isCoveyError } from '@covey/errors';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { getAddress } from 'viem';
import { z } from 'zod';
import { serverError } from '../errors.ts';
import { answerable } from '../routes/errors.ts';
import type { HubReader } from './types.ts';
import { toVotes } from './wire.ts';

export interface ScoreOptions {
  hub: HubReader;
  chainId: number;
  token: string;
}

const MAX_ADDRESSES = 500;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value) => getAddress(value));
const common = {
  space: z.string().optional(),
  network: z.coerce.string(),
  snapshot: z.union([z.literal('latest'), z.number().int().min(0)]).default('latest'),
};
const strategies = z.array(z.object({ name: z.string(), network: z.string().optional(), params: z.looseObject({}) }));
const scoresBody = z.object({
  params: z.object({ ...common, strategies, addresses: z.array(address).min(1).max(MAX_ADDRESSES) }),
});
const rpcBody = z.discriminatedUnion('method', [
  z.object({
    id: z.unknown().optional(),
    method: z.literal('get_vp'),
    params: z.object({ ...common, strategies, address }),
  }),
  z.object({
    id: z.unknown().optional(),
    method: z.literal('validate'),
    params: z.object({ ...common, validation: z.string(), author: address, params: z.looseObject({}).default({}) }),
  }),
]);

const invalid = (message: string) => serverError('SERVER_INVALID_ARGUMENT', message);

/**
 * What snapshot.js asks of a score service (`getVp`, `getScores`, `validate`) when it is pointed here: of the one
 * strategy that this chain has. An error is `{error: {code, message, data}}`, as there.
 */
export async function scoreRoutes(app: FastifyInstance, { hub, chainId, token }: ScoreOptions): Promise<void> {
  function check(network: string, asked: z.output<typeof strategies>): void {
    if (network !== String(chainId)) throw invalid(`wrong network: expected ${chainId}, got ${network}`);
    for (const { name, network: own = network, params } of asked) {
      if (name !== 'erc20-votes') throw invalid(`unknown strategy: ${name}; this space has erc20-votes`);
      if (own !== network) throw invalid(`wrong network: expected ${network}, got ${own}`);
      if (String(params.address).toLowerCase() !== token.toLowerCase())
        throw invalid(`unknown strategy: erc20-votes of another token; expected ${token}`);
    }
  }
  const powerAt = async (of: ReturnType<typeof getAddress>, snapshot: number | 'latest') => {
    try {
      return toVotes(await hub.power(of, snapshot === 'latest' ? undefined : snapshot));
    } catch (error) {
      // The token refuses one thing only: a block that is not past.
      throw isCoveyError(error, 'CONTRACT_REVERTED') ? invalid(`block ${snapshot} is not past yet`) : error;
    }
  };

  const refuse = (reply: FastifyReply, thrown: unknown) => {
    const { error, status } = answerable(
      thrown instanceof z.ZodError ? invalid(z.prettifyError(thrown)) : (thrown as Error),
    );
    if (status >= 500) reply.log.error(thrown);
    const message = error.shortMessage;
    return reply.status(status).send({ jsonrpc: '2.0', error: { code: status, message, data: message }, id: null });
  };

  app.post('/api/scores', { schema: { hide: true } }, async (request, reply) => {
    try {
      const { network, snapshot, strategies: asked, addresses } = scoresBody.parse(request.body).params;
      check(network, asked);
      const powers = await Promise.all(addresses.map(async (one) => [one, await powerAt(one, snapshot)] as const));
      const scores = asked.map(() => Object.fromEntries(powers));
      return { jsonrpc: '2.0', result: { state: snapshot === 'latest' ? 'pending' : 'final', cache: false, scores } };
    } catch (error) {
      return refuse(reply, error);
    }
  });

  app.post('/snapshot/score', { schema: { hide: true } }, async (request, reply) => {
    try {
      const { method, params, id = null } = rpcBody.parse(request.body);
      if (method === 'get_vp') {
        check(params.network, params.strategies);
        const power = await powerAt(params.address, params.snapshot);
        const vp_by_strategy = params.strategies.map(() => power);
        const vp = vp_by_strategy.reduce((a, b) => a + b, 0);
        const vp_state = params.snapshot === 'latest' ? 'pending' : 'final';
        return { jsonrpc: '2.0', result: { vp, vp_by_strategy, vp_state }, id };
      }
      check(params.network, []);
      if (params.validation === 'any') return { jsonrpc: '2.0', result: true, id };
      if (params.validation !== 'basic') throw invalid(`unknown validation: ${params.validation}`);
      const power = await powerAt(params.author, params.snapshot);
      return { jsonrpc: '2.0', result: power >= Number(params.params.minScore ?? 0), id };
    } catch (error) {
      return refuse(reply, error);
    }
  });
}
