import cors from '@fastify/cors';
import { issueMessage, issueSentence } from '@covey/errors';
import { vocabularyOf } from '@covey/protocol';
import { MAX_REQUEST_BYTES, decodeRequest, rowOf } from '@covey/protocol/inference';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Address } from 'viem';
import type { z } from 'zod';
import { nodeError } from '../../errors.ts';
import type { Answers } from '../answers.ts';
import { errorBody } from './errors.ts';
import { chat, chatBody, completion, completionBody, embeddings, embeddingsBody, type Translated } from './openai.ts';
import { proofOf } from './proof.ts';
import { serveRequest } from './serve-request.ts';
import { predict, predictBody } from './tensors.ts';
import type { Till } from '../till/till.ts';
import { Traffic, trafficLimits, type TrafficLimits } from './traffic.ts';
import { PerSecond } from '../per-second.ts';
import { voucherHeader, voucherOf } from './voucher-header.ts';

export interface AppParameters {
  answers: Answers;
  host: Address;
  signer: Address;
  /** CID of the offer's document. */
  offer: string;
  /** Null where answers are free. */
  till: Pick<Till, 'account'> | null;
  /** Milliseconds for all of a request to arrive. */
  requestMs?: number;
  /** What strangers may make it hold. */
  traffic?: Partial<TrafficLimits>;
  /** Every answer that was none, by its status. */
  onRefused?: (status: number, code: string) => void;
}

/** Estimates a second, of everybody: reading a request is work, and who wants its price can compute it. */
const MOST_ESTIMATES = 50;
const documentType = 'application/vnd.ipld.dag-json';

/** The HTTP side of a host. It believes nothing: bodies are bounded in bytes and time, and read by strict schemas. */
export async function hostApp(parameters: AppParameters): Promise<FastifyInstance> {
  const { answers, till, requestMs = 15_000, onRefused } = parameters;
  const { requestBytes } = answers.offer.limits;
  const app = fastify({
    // Rows of numbers in JSON take up to about five times the bytes of the document that they become.
    bodyLimit: Math.min(5 * MAX_REQUEST_BYTES, 5 * requestBytes + 4096),
    requestTimeout: requestMs,
    keepAliveTimeout: 10_000,
    http: {
      headersTimeout: Math.min(10_000, requestMs),
      // Both limits hold only as often as Node looks.
      connectionsCheckingInterval: Math.min(5_000, requestMs),
      maxHeaderSize: 16_384,
    },
    forceCloseConnections: 'idle',
  });
  // Slow readers and writers have heard nothing that could be told: they are counted as what they are.
  const traffic = new Traffic(app.server, { ...trafficLimits, ...parameters.traffic }, (why) =>
    why === 'slow' ? onRefused?.(408, 'REQUEST_INVALID') : onRefused?.(503, 'HOST_BUSY'),
  );
  app.addHook('onClose', async () => traffic.stop());
  // What was read together with what a connection was dropped for is not looked at.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.raw.socket.destroyed) reply.hijack();
    else done();
  });
  app.addHook('preParsing', async (_request, reply, body) => traffic.counted(reply.raw, body));
  await app.register(cors, {
    origin: '*',
    allowedHeaders: ['content-type', 'authorization', voucherHeader],
    exposedHeaders: ['retry-after'],
    maxAge: 86_400,
  });
  app.addContentTypeParser(documentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, _request, reply) => {
    const { status, body } = errorBody(error);
    onRefused?.(status, body.error.code);
    if (status === 429 || status === 503) void reply.header('retry-after', String(answers.retryAfter));
    return await reply.status(status).send(body);
  });
  app.setNotFoundHandler((request) => {
    throw nodeError('REQUEST_INVALID', `Nothing is served at ${request.url.slice(0, 128)}.`, {
      expected: 'a path under /v1 that docs/reference/hosting.md names',
    });
  });

  // A document is no larger than the offer says; JSON that becomes one may be.
  const ofDocument = { bodyLimit: requestBytes };

  app.get('/v1/models', () => modelList(parameters));
  app.get<{ Params: { '*': string } }>('/v1/models/*', ({ params }) => modelOf(answers.model(params['*']), parameters));
  app.get<{ Params: { channel: string } }>('/v1/channels/:channel', async ({ params, headers }) => {
    const voucher = voucherOf(headers[voucherHeader]);
    if (!till || voucher?.channel !== params.channel)
      throw nodeError('VOUCHER_INVALID', 'Only its payer is told of a channel.', {
        expected: `the header ${voucherHeader} with a voucher of this channel, of 0 wei too`,
      });
    const { due, held } = await till.account(voucher);
    return {
      object: 'channel',
      due: String(due),
      voucher: held && { amount: String(held.amount), signature: held.signature },
    };
  });
  app.post('/v1/answers', ofDocument, async (request, reply) => {
    const asked = documentOf(request.body);
    const isStream = request.headers.accept?.includes('text/event-stream') === true;
    const telling = {
      whole: (served: Parameters<typeof proofOf>[0]) => ({ object: 'answer', covey: proofOf(served) }),
      ...(asked.kind === 'generate' && {
        tokens: (tokens: number[]) => ({ tokens }),
        last: (served: Parameters<typeof proofOf>[0]) => [{ object: 'answer', covey: proofOf(served) }],
      }),
    };
    return await serveRequest(answers, { request: asked, isStream, telling }, request, reply, traffic);
  });
  const estimates = new PerSecond(MOST_ESTIMATES);
  app.post('/v1/estimate', ofDocument, (request) => {
    if (!estimates.take())
      throw nodeError('HOST_BUSY', 'Too many estimates are asked for.', { hint: 'The price follows from the offer.' });
    const asked = documentOf(request.body);
    const price = String(answers.price(asked));
    return { object: 'estimate', price, units: answers.units(asked), waiting: answers.open, free: answers.isFree };
  });
  const translated = <T>(path: string, schema: z.ZodType<T>, translate: (answers: Answers, body: T) => Translated) =>
    app.post(path, async (request: FastifyRequest, reply: FastifyReply) =>
      serveRequest(answers, translate(answers, parsed(schema, request.body)), request, reply, traffic),
    );
  translated('/v1/completions', completionBody, completion);
  translated('/v1/chat/completions', chatBody, chat);
  translated('/v1/embeddings', embeddingsBody, embeddings);
  translated('/v1/predict', predictBody, predict);
  return app;
}

function documentOf(body: unknown) {
  if (body instanceof Uint8Array) return decodeRequest(new Uint8Array(body));
  throw nodeError('REQUEST_INVALID', 'The body is no request document.', { expected: `content-type ${documentType}` });
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body, { error: issueMessage });
  if (result.success) return result.data;
  throw nodeError('REQUEST_INVALID', `The body is no request: ${issueSentence(result.error.issues[0]!)}.`);
}

function modelList(parameters: AppParameters) {
  const { answers, host, signer, offer } = parameters;
  return {
    object: 'list',
    data: answers.offer.models.map(({ name }) => modelOf(answers.model(name), parameters)),
    covey: { host, signer, offer, scorer: answers.scorer, free: answers.isFree, limits: answers.offer.limits },
  };
}

function modelOf({ offered, architecture }: ReturnType<Answers['model']>, { host }: AppParameters) {
  const { name, ...rest } = offered;
  const vocabulary = vocabularyOf(architecture);
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: host,
    covey: { ...rest, row: rowOf(architecture), ...(vocabulary !== undefined && { vocabulary }) },
  };
}
