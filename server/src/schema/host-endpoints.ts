import { hostStates } from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import {
  answerCaseSchema,
  answerCaseStateSchema,
  channelSchema,
  channelStateSchema,
  hostDetailSchema,
  hostSchema,
  hostSorts,
  inferenceRequestSchema,
  requestStateSchema,
} from './host.ts';
import { anyAddress, bytes32, cid, decimal, page, pageQuerySchema } from './primitives.ts';

const only = z.enum(['true']).optional();

/** What the index knows of hosts, of what they are paid and of what they answered. */
export const hostEndpoints = {
  /** `model` is the CID of its weights, or its name in offers; `serving`: only those that serve now. */
  hosts: endpoint({
    path: '/hosts',
    summary: 'Hosts of models, by the stake that answers for them',
    query: pageQuerySchema.extend({
      model: z.union([cid, z.string().min(1).max(128)]).optional(),
      state: z.enum(hostStates).optional(),
      serving: only,
      sort: z.enum(hostSorts).default('stake'),
    }),
    answer: page(hostSchema),
    liveKeys: ['hosts', 'nodes'],
    followsClock: true,
  }),
  host: endpoint({
    path: '/hosts/:address',
    summary: 'A host: its models and prices, stake, cases and ratings',
    params: z.object({ address: anyAddress }),
    answer: hostDetailSchema,
    liveKeys: ['hosts/:address', 'nodes/:address'],
    followsClock: true,
  }),
  /** `account` is the payer’s or the host’s; `rated`: only those whose payer has rated its host. */
  channels: endpoint({
    path: '/channels',
    summary: 'Prepaid channels, newest first',
    query: pageQuerySchema.extend({
      account: anyAddress.optional(),
      payer: anyAddress.optional(),
      host: anyAddress.optional(),
      state: channelStateSchema.optional(),
      rated: only,
    }),
    answer: page(channelSchema),
    liveKeys: ['channels'],
  }),
  channel: endpoint({
    path: '/channels/:digest',
    summary: 'A prepaid channel',
    params: z.object({ digest: bytes32 }),
    answer: channelSchema,
    liveKeys: ['channels/:digest'],
  }),
  answerCases: endpoint({
    path: '/answer-cases',
    summary: 'Cases about answers of hosts, newest first',
    query: pageQuerySchema.extend({ host: anyAddress.optional(), state: answerCaseStateSchema.optional() }),
    answer: page(answerCaseSchema),
    liveKeys: ['answer-cases'],
    followsClock: true,
  }),
  answerCase: endpoint({
    path: '/answer-cases/:id',
    summary: 'A case about an answer of a host',
    params: z.object({ id: decimal }),
    answer: answerCaseSchema,
    liveKeys: ['answer-cases/:id'],
    followsClock: true,
  }),
  /** `host`: those that it answered, or that it alone may answer. */
  inferenceRequests: endpoint({
    path: '/desk/requests',
    summary: 'What contracts asked of models, newest first',
    query: pageQuerySchema.extend({
      asker: anyAddress.optional(),
      host: anyAddress.optional(),
      model: bytes32.optional(),
      state: requestStateSchema.optional(),
    }),
    answer: page(inferenceRequestSchema),
    liveKeys: ['desk/requests'],
    followsClock: true,
  }),
  inferenceRequest: endpoint({
    path: '/desk/requests/:id',
    summary: 'What a contract asked of a model, and what came of it',
    params: z.object({ id: decimal }),
    answer: inferenceRequestSchema,
    liveKeys: ['desk/requests/:id'],
    followsClock: true,
  }),
} as const;
