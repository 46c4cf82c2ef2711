import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '@covey/client/testing';
import { codecs } from '@covey/client';
import { cidToChain, modelToBytes, type Architecture } from '@covey/protocol';
import {
  answerHash,
  answerTo,
  decodeAnswer,
  digestOf,
  encodeAnswer,
  encodeNetwork,
  encodeRequest,
  f32Bytes,
  tokensOfText,
  type GenerateRequest,
  type InferenceModel,
  type InferenceRequest,
  type Offer,
} from '@covey/protocol/inference';
import { loadNodeCore, readCoreWasm } from '@covey/wasm-core/node';
import type { FastifyInstance } from 'fastify';
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recoverAddress, zeroHash } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Answers } from './answers.ts';
import { ComputePool } from './compute/compute-pool.ts';
import { hostApp } from './http/app.ts';
import { loadModels } from './models.ts';

const core = await loadNodeCore();
const store = memoryStore();
const signingKey = generatePrivateKey();
const signer = privateKeyToAddress(signingKey);
const deployment = { chainId: 31337, hostRegistry: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const;

const text = modelOf({
  layers: [
    { type: 'embedding', vocabulary: 256, length: 16, width: 8 },
    { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 2, rotary: true }] },
    { type: 'dense', inputs: 8, outputs: 256 },
  ],
  input: 'tokens',
});
const rows = modelOf({ layers: [{ type: 'dense', inputs: 3, outputs: 4 }], input: 'f32' });

function modelOf(architecture: Architecture): InferenceModel {
  return { architecture, parameters: core.initialise(architecture.layers, 3) };
}

const names = { text: { model: '', network: '' }, rows: { model: '', network: '' } };
let app: FastifyInstance;
let pool: ComputePool;
let answers: Answers;
let url: string;
let folder: string;
const refused: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-host-'));
  for (const [name, model] of Object.entries({ text, rows })) {
    names[name as 'text'] = {
      model: await store.add(modelToBytes(model.architecture, model.parameters)),
      network: await store.putBlock(codecs.dagJson, encodeNetwork(model.architecture)),
    };
  }
  const price = { request: '1', thousand: '1000' };
  const offer: Offer = {
    schema: 'covey.offer/1',
    name: 'Test',
    models: [
      { name: 'text', ...names.text, window: 16, ...price },
      { name: 'rows', ...names.rows, window: 1, ...price },
    ],
    limits: { requestBytes: 65_536, tokens: 512, queue: 8 },
  };
  const models = await loadModels(store, offer);
  pool = new ComputePool({
    wasm: await readCoreWasm(),
    scorer: core.sha256,
    threads: 1,
    maxMs: 30_000,
    models: models.map(({ offered, architecture, parameters }) => [offered.model, { architecture, parameters }]),
  });
  answers = new Answers({
    ...{ deployment, signingKey, scorer: core.sha256, offer, models, pool },
    till: null,
    onAnswer: () => undefined,
  });
  app = await hostApp({
    answers,
    host: signer,
    signer,
    offer: 'bafy',
    till: null,
    requestMs: 1_000,
    onRefused: (_status, code) => refused.push(code),
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
  await pool.close();
  await rm(folder, { recursive: true });
});

interface Proof {
  request: string;
  answer: string;
  signature: `0x${string}`;
  nonce: string;
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

async function requireRight(proof: Proof, model: InferenceModel, request: InferenceRequest): Promise<void> {
  const right = encodeAnswer(answerTo(core, model, request));
  expect(proof.request).toBe(base64(encodeRequest(request)));
  expect(proof.answer).toBe(base64(right));
  const signed = {
    model: cidToChain(request.model).digest,
    scorer: core.sha256,
    input: digestOf(encodeRequest(request)),
    output: digestOf(right),
    channel: zeroHash,
    nonce: BigInt(proof.nonce),
  };
  expect(await recoverAddress({ hash: answerHash(deployment, signed), signature: proof.signature })).toBe(signer);
}

const generate = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({
  schema: 'covey.request/1',
  ...names.text,
  kind: 'generate',
  prompt: tokensOfText('Once'),
  length: 5,
  temperature: 0,
  seed: 0,
  stop: [],
  ...changes,
});

it('completions, chats, embeddings and rows are answered, signed, and right to the bit', async () => {
  const completion = await post('/v1/completions', { model: 'text', prompt: 'Once', max_tokens: 5 });
  expect(completion.status).toBe(200);
  const said = (await completion.json()) as { covey: Proof; usage: unknown };
  expect(said.usage).toEqual({ prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 });
  await requireRight(said.covey, text, generate());

  const chat = await post('/v1/chat/completions', {
    model: 'text',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 4,
    temperature: 1,
    seed: 9,
  });
  const chatted = (await chat.json()) as { covey: Proof; choices: { message: { role: string } }[] };
  expect(chatted.choices[0]!.message.role).toBe('assistant');
  const prompt = tokensOfText('user: Hi\nassistant: ');
  const stop = [tokensOfText('\nuser: ')];
  await requireRight(chatted.covey, text, generate({ prompt, stop, length: 4, temperature: 1000, seed: 9 }));

  const embedded = (await (await post('/v1/embeddings', { model: 'text', input: ['a', 'bc'] })).json()) as {
    covey: Proof;
    data: { embedding: number[] }[];
  };
  expect(embedded.data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
  await requireRight(embedded.covey, text, {
    schema: 'covey.request/1',
    ...names.text,
    kind: 'embed',
    texts: [tokensOfText('a'), tokensOfText('bc')],
  });

  const inputs = [
    [0.1, -2, 3],
    [1e-20, 5, 7],
  ];
  const predicted = (await (await post('/v1/predict', { model: names.rows.model, inputs })).json()) as {
    covey: Proof;
    outputs: number[][];
    data: string;
  };
  await requireRight(predicted.covey, rows, {
    schema: 'covey.request/1',
    ...names.rows,
    kind: 'predict',
    inputs: f32Bytes(Float32Array.from(inputs.flat())),
    rows: 2,
    values: 'probabilities',
  });
  // JSON numbers are the f32 themselves.
  expect(Buffer.from(f32Bytes(Float32Array.from(predicted.outputs.flat()))).toString('base64')).toBe(predicted.data);
});

it('a stream says whole characters, and proves itself at its end', async () => {
  const body = { model: 'text', prompt: 'Once', max_tokens: 12, temperature: 1.5, seed: 4, stream: true };
  const events = (await (await post('/v1/completions', body)).text()).split('\n\n').filter(Boolean);
  expect(events.at(-1)).toBe('data: [DONE]');
  const parsed = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)) as StreamEvent);
  const proof = parsed.at(-1)!.covey!;
  const answer = decodeAnswer(bytesOf(proof.answer));
  if (answer.kind !== 'tokens') throw new Error(answer.kind);
  expect(parsed.map(({ choices }) => choices[0]!.text).join('')).toBe(
    new TextDecoder().decode(Uint8Array.from(answer.tokens)),
  );
  expect(parsed.at(-1)!.choices[0]!.finish_reason).toBe('length');
  await requireRight(proof, text, generate({ length: 12, temperature: 1500, seed: 4 }));
});
interface StreamEvent {
  choices: { text: string; finish_reason: string | null }[];
  covey?: Proof;
}

it('many at once are answered or told to come back; every answer is right', async () => {
  // Long enough that none is done before the last has come: what is beyond the window is computed anew for each token.
  const asked = Array.from({ length: 40 }, (_, i) => generate({ prompt: [65 + i], length: 300 }));
  const replies = await Promise.all(
    asked.map((request) =>
      fetch(`${url}/v1/answers`, {
        method: 'POST',
        headers: { 'content-type': 'application/vnd.ipld.dag-json' },
        body: new Uint8Array(encodeRequest(request)),
      }),
    ),
  );
  const counts = { 200: 0, 429: 0 };
  for (const [i, reply] of replies.entries()) {
    counts[reply.status as 200]++;
    if (reply.status === 200) await requireRight(((await reply.json()) as { covey: Proof }).covey, text, asked[i]!);
    else expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(counts[200]).toBeGreaterThanOrEqual(8);
  expect(counts[429]).toBeGreaterThan(0);
  expect(counts[200] + counts[429]).toBe(40);
  expect(answers.open).toBe(0);
});

it.each([
  ['no JSON', '/v1/predict', '{', 400, 'REQUEST_INVALID'],
  ['another model', '/v1/predict', { model: 'gpt', inputs: [[1, 2, 3]] }, 404, 'MODEL_NOT_SERVED'],
  ['a row too short', '/v1/predict', { model: 'rows', inputs: [[1, 2]] }, 400, 'REQUEST_INVALID'],
  [
    'not finite in bytes',
    '/v1/predict',
    { model: 'rows', inputs: 'AADAfwAAwH8AAMB/' },
    400,
    'PROTOCOL_INVALID_REQUEST',
  ],
  ['fields that nobody knows', '/v1/predict', { model: 'rows', inputs: [[1, 2, 3]], raw: 1 }, 400, 'REQUEST_INVALID'],
  ['what would change the text', '/v1/completions', { model: 'text', prompt: 'a', top_p: 0.5 }, 400, 'REQUEST_INVALID'],
  ['too many tokens', '/v1/completions', { model: 'text', prompt: 'a', max_tokens: 513 }, 400, 'REQUEST_INVALID'],
  ['text of a model of rows', '/v1/embeddings', { model: 'rows', input: 'a' }, 400, 'REQUEST_INVALID'],
  ['a body too large', '/v1/completions', { model: 'text', prompt: 'a'.repeat(400_000) }, 413, 'REQUEST_TOO_LARGE'],
  ['another path', '/v1/nothing', {}, 400, 'REQUEST_INVALID'],
])('%s is refused', async (_what, path, body, status, code) => {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const { error } = (await reply.json()) as { error: { code: string; message: string } };
  expect([reply.status, error.code]).toEqual([status, code]);
  expect(error.message).not.toMatch(/node_modules|\.ts\b|\n/);
  expect(refused).toContain(code);
});

it('an offer that says another window than the network has is not served: its prices would be made up', async () => {
  const [offered] = answers.offer.models;
  const wrong = { ...answers.offer, models: [{ ...offered!, window: 17 }] };
  await expect(loadModels(store, wrong)).rejects.toMatchObject({ code: 'CONFIG_INVALID', expected: '16', got: '17' });
});

it('a body that does not come is not waited for', async () => {
  const { hostname, port } = new URL(url);
  const reply = await new Promise<string>((done) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        'POST /v1/predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      ),
    );
    socket.on('data', (data) => (heard += String(data))).on('close', () => done(heard));
  });
  expect(reply).toMatch(/^HTTP\/1.1 408/);
  expect(answers.open).toBe(0);
});

it('pages of any origin may ask, and nothing of the machine is told', async () => {
  const reply = await fetch(`${url}/v1/models`, { headers: { origin: 'https://example.org' } });
  expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  const { data } = (await reply.json()) as { data: { id: string; covey: { row: unknown } }[] };
  expect(data.map(({ id }) => id)).toEqual(['text', 'rows']);
  expect(data[1]!.covey.row).toEqual({ type: 'f32', size: 3, outputs: 4 });
  const estimate = await fetch(`${url}/v1/estimate`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.ipld.dag-json' },
    body: new Uint8Array(encodeRequest(generate())),
  });
  expect(await estimate.json()).toMatchObject({ price: '161', units: 160, free: true });
});

it('Python asks by its standard library, and checks the hashes', async () => {
  const program = `
import sys
import covey
host = covey.Host(sys.argv[1])
assert [model["id"] for model in host.models()] == ["text", "rows"]
said = host.complete("text", "Once", max_tokens=5)
assert said.document["kind"] == "tokens" and len(said.document["tokens"]) == 5
offered = {model["id"]: model["covey"] for model in host.models()}
embedded = host.embed("text", ["a", "bc" * 40])
rows = host.predict("rows", [[0.1, -2, 3]])
for name, answer, units in (("text", said, 160), ("text", embedded, 32), ("rows", rows, 32)):
    assert covey.host.units_of(answer.request, offered[name]["window"]) == units
    assert covey.price_of(offered[name], answer.request) == int(answer.proof["price"])
print(rows.body["data"])
try:
    host.predict("gpt", [[1, 2, 3]])
except covey.CoveyError as refused:
    print(refused.code)
`;
  const python = process.env['COVEY_PYTHON'] ?? '/usr/bin/python3';
  const source = fileURLToPath(new URL('../../python/src', import.meta.url));
  const { stdout } = await promisify(execFile)(python, ['-c', program, url], {
    env: { ...process.env, PYTHONPATH: source },
  });
  const right = answerTo(core, rows, {
    ...{ schema: 'covey.request/1', ...names.rows, kind: 'predict', rows: 1, values: 'probabilities' },
    inputs: f32Bytes(Float32Array.of(0.1, -2, 3)),
  });
  expect(stdout.split('\n').slice(0, 2)).toEqual([base64((right as { data: Uint8Array }).data), 'MODEL_NOT_SERVED']);
});
