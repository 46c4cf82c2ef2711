import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { codecs } from '@covey/client';
import { memoryStore } from '@covey/client/testing';
import { modelToBytes, type Architecture } from '@covey/protocol';
import { encodeNetwork, windowOf, type InferenceRequest, type Offer } from '@covey/protocol/inference';
import { loadNodeCore, readCoreWasm } from '@covey/wasm-core/node';
import fastify from 'fastify';
import { generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noDeployment } from '../../testing/free-host.ts';
import { Answers } from '../answers.ts';
import { ComputePool } from '../compute/compute-pool.ts';
import { loadModels } from '../models.ts';
import { serveRequest, type Telling } from './serve-request.ts';
import { Traffic } from './traffic.ts';

const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
    { type: 'dense', inputs: 4, outputs: 256 },
  ],
  input: 'tokens',
};
const TOKENS = 4096;
/** Characters that each token is told in: more than what systems keep for a connection, all together. */
const EACH = 16_384;
/** Of one event. */
const MOST_TOLD = 64;

let answers: Answers;
let pool: ComputePool;
let request: InferenceRequest;
const cleaners: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const core = await loadNodeCore();
  const store = memoryStore();
  const parameters = core.initialise(architecture.layers, 1);
  const model = await store.add(modelToBytes(architecture, parameters));
  const network = await store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  const offer: Offer = {
    ...{ schema: 'covey.offer/1', name: 'Streams' },
    models: [{ name: 'bytes', model, network, window: windowOf(architecture), request: '0', thousand: '0' }],
    limits: { requestBytes: 4096, tokens: TOKENS, queue: 8 },
  };
  const [served] = await loadModels(store, offer);
  const computing = { wasm: await readCoreWasm(), scorer: core.sha256, threads: 1, maxMs: 120_000 };
  pool = new ComputePool({ ...computing, models: [[model, { architecture, parameters: served!.parameters }]] });
  answers = new Answers({
    ...{ deployment: noDeployment, signingKey: generatePrivateKey(), scorer: core.sha256, offer, pool, till: null },
    ...{ models: [served!], onAnswer: () => undefined },
  });
  request = {
    ...{ schema: 'covey.request/1', model, network, kind: 'generate', prompt: [65], length: TOKENS },
    ...{ temperature: 0, seed: 0, stop: [] },
  };
});
afterAll(async () => {
  for (const clean of cleaners) await clean();
  await pool.close();
});

/** A host of streams. `stallMs`: after how long a reader is left. */
async function serving(stallMs: number) {
  const dropped = { slow: 0, full: 0 };
  const app = fastify();
  const traffic = new Traffic(app.server, { connections: 100, bytes: 2 ** 30, stallMs }, (why) => dropped[why]++);
  const telling: Telling = {
    whole: () => ({}),
    tokens: (tokens) => 'x'.repeat(EACH * tokens.length),
    last: () => [],
  };
  app.get('/', (asked, reply) => serveRequest(answers, { request, isStream: true, telling }, asked, reply, traffic));
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const sockets: Socket[] = [];
  cleaners.push(async () => {
    for (const socket of sockets) socket.destroy();
    traffic.stop();
    app.server.closeAllConnections();
    await app.close();
  });
  return {
    ...{ dropped, traffic },
    reader: () => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
      sockets.push(socket.on('error', () => undefined));
      return socket;
    },
    connections: () => new Promise<number>((done) => app.server.getConnections((_, count) => done(count))),
  };
}

it('readers of a stream that stop reading are dropped, and nothing is computed or held for them any more', async () => {
  const { reader, dropped, traffic, connections } = await serving(500);
  for (let i = 0; i < 4; i++) reader().pause();
  while (dropped.slow < 4) await sleep(50);
  while ((await connections()) > 0 || answers.open > 0) await sleep(50);
  expect(traffic.held).toBe(0);
  expect(dropped).toEqual({ slow: 4, full: 0 });
});

it('a reader that begins late has all of a stream, in events none of which is large, and its host keeps numbers', async () => {
  const { reader, dropped, traffic } = await serving(120_000);
  const socket = reader().pause();
  while (answers.open === 0) await sleep(5);
  while (answers.open > 0) await sleep(50);
  expect(traffic.held).toBeLessThan(4 * MOST_TOLD * EACH);
  let [told, most, length] = [0, 0, 0];
  socket.on('data', (data) => {
    for (const byte of data) {
      length = byte === 0x78 ? length + 1 : 0;
      if (byte === 0x78) told++;
      most = Math.max(most, length);
    }
  });
  socket.resume();
  while (told < TOKENS * EACH) await sleep(50);
  // Chunks of HTTP stand between, at most one for each event.
  expect(most).toBeLessThanOrEqual(MOST_TOLD * EACH);
  expect(dropped).toEqual({ slow: 0, full: 0 });
});
