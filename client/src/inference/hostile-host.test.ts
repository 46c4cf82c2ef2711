import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { blockCid, cidToChain, codecs } from '@covey/protocol';
import {
  answerHash,
  digestOf,
  encodeAnswer,
  encodeRequest,
  type InferenceAnswer,
  type InferenceRequest,
  type OfferedModel,
} from '@covey/protocol/inference';
import { zeroAddress, zeroHash, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, expect, it } from 'vitest';
import type { ServingHost } from './hosts.ts';
import { InferenceClient, type Question } from './inference-client.ts';

/** Anything may come from a host. Whatever does is an error that names it, and the next host is asked. */
const deployment = { chainId: 31_337, hostRegistry: zeroAddress };
const scorer: Hex = `0x${'22'.repeat(32)}`;
const key = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const cid = (text: string, codec: number) => blockCid(codec, new TextEncoder().encode(text));
const model: OfferedModel = {
  ...{ name: 'bytes', model: cid('model', codecs.raw), network: cid('network', codecs.dagJson) },
  ...{ window: 8, request: '0', thousand: '0' },
};
const question: Extract<Question, { kind: 'generate' }> = {
  kind: 'generate',
  prompt: [1],
  length: 4,
  temperature: 0,
  seed: 0,
  stop: [],
};
const request: InferenceRequest = {
  schema: 'covey.request/1',
  model: model.model,
  network: model.network,
  ...question,
};
const right: InferenceAnswer = { schema: 'covey.answer/1', kind: 'tokens', tokens: [1, 2, 3, 4], finish: 'length' };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

let made = 0;
async function host(answer: (response: ServerResponse) => void): Promise<ServingHost> {
  const server = createServer((_request, response) => {
    response.on('error', () => undefined);
    answer(response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const node = `0x${String(++made).padStart(40, '0')}` as const;
  return {
    ...{
      node,
      state: 'enlisted',
      serving: true,
      bound: 0n,
      casesEnd: 0,
      rating: null,
      capacity: 1,
      offer: model.model,
    },
    ...{ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, signer: key.address, model },
    document: {
      schema: 'covey.offer/1',
      name: 'x',
      models: [model],
      limits: { requestBytes: 256, tokens: 4, queue: 1 },
    },
  };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

async function proofOf(answer: InferenceAnswer): Promise<object> {
  const [input, output] = [encodeRequest(request), encodeAnswer(answer)];
  const signed = {
    ...{ model: cidToChain(model.model).digest, scorer, channel: zeroHash, nonce: 1n },
    ...{ input: digestOf(input), output: digestOf(output) },
  };
  const signature = await key.sign({ hash: answerHash(deployment, signed) });
  const documents = { request: base64(input), answer: base64(output) };
  return { ...documents, ...signed, nonce: '1', signature, price: '0', due: '0' };
}

const json =
  (text: string | Uint8Array, status = 200) =>
  (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
const events = (text: string) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
const telling = (answer: InferenceAnswer) => async (response: ServerResponse) =>
  json(JSON.stringify({ covey: await proofOf(answer) }))(response);

const client = (onFailure?: (failure: { code: string }) => void) =>
  new InferenceClient({
    ...{ deployment, scorer, payer: null, insecure: true, timeoutMs: 2_000 },
    ...(onFailure && { onFailure }),
  });

const bomb = gzipSync(Buffer.alloc(256 * 2 ** 20, ' '));
const hostile: Record<string, (response: ServerResponse) => void> = {
  null: json('null'),
  'a number': json('7'),
  'a list': json('[]'),
  nothing: json(''),
  'proof null': json('{"covey":null}'),
  'an error that is null': json('null', 402),
  'an error that is a text': json('"x"', 500),
  'an error whose error is null': json('{"error":null}', 400),
  'deep lists': json('['.repeat(200_000)),
  'deep whole lists': json(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  'an event null': events('data: null\n\n'),
  'an event of an error null': events('data: {"error":null}\n\n'),
  'a stream without its end': events('data: {"tokens":[1]}\n\n'),
  'a stream of nothing': events('data: [DONE]\n\n'),
  'tokens that are none': events('data: {"tokens":[null,"x"]}\n\ndata: [DONE]\n\n'),
  'tokens without end': events(`data: {"tokens":[1,2]}\n\n`.repeat(16_000)),
  'a bomb': (response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
  'a redirect': (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
  'a length that is a lie': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{}');
    setTimeout(() => response.destroy(), 50);
  },
  'a byte now and then': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  },
  'more tokens than were asked for': telling({ ...right, tokens: Array.from({ length: 4096 }, () => 65) }) as never,
  'fewer tokens, and no stop': telling({ ...right, tokens: [1] }) as never,
  'a stop that nobody asked for': telling({ ...right, tokens: [1], finish: 'stop' }) as never,
};

it.each(Object.entries(hostile))('%s: the next host is asked', async (_name, answer) => {
  const codes: string[] = [];
  const hosts = [await host(answer), await host(telling(right))];
  const told: number[] = [];
  const proven = await client(({ code }) => codes.push(code)).ask(hosts, question, {
    onTokens: (tokens) => told.push(...tokens),
  });
  expect(proven.answer).toEqual(right);
  expect(told.length).toBeLessThanOrEqual(question.length);
  expect(codes).toHaveLength(1);
  expect(codes[0]).toMatch(/^HOST_/);
  await expect(client().ask(hosts.slice(0, 1), question)).rejects.toMatchObject({ code: 'HOST_NONE' });
});
