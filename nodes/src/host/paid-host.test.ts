import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { allocate, codecs, readBalance, stake, type ContentReader, type CoveyWriter } from '@covey/client';
import {
  InferenceClient,
  accuseHost,
  channelPayer,
  enlistHost,
  findHosts,
  memoryPurse,
  openChannel,
  publishEvidence,
  readAnswerCase,
  readChannel,
  type InferenceClientParameters,
  type ProvenAnswer,
  type Question,
  type ServingHost,
  type WrongAnswer,
} from '@covey/client/inference';
import { modelToBytes, type Architecture } from '@covey/protocol';
import {
  answerHash,
  encodeNetwork,
  encodeOffer,
  encodeRequest,
  f32Bytes,
  tokensOfText,
  voucherHash,
  type InferenceRequest,
  type Offer,
} from '@covey/protocol/inference';
import { readCoreWasm } from '@covey/wasm-core/node';
import { hostRegistryAbi, inferenceChannelsAbi } from '@covey/contracts/abi';
import { parseEther, zeroHash, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodeEvent } from '../events.ts';
import { freePort } from '../testing/free-port.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { readAnswers } from '../inference/answer-file.ts';
import { Host, type HostParameters } from './host.ts';
import { VoucherLog } from './till/voucher-log.ts';

const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 16, width: 8 },
    { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 2, rotary: true }] },
    { type: 'dense', inputs: 8, outputs: 256 },
  ],
  input: 'tokens',
};
const price = 10n ** 15n;

let network: TestNetwork;
let payer: CoveyWriter;
let offer: Offer;
let model: string;
let right: Float32Array;

interface Running {
  covey: CoveyWriter;
  url: string;
  key: Hex;
  events: NodeEvent[];
  folder: string;
  stop: () => Promise<void>;
}
const running: Running[] = [];

/** A host of its own account; one that lies has other weights behind the CID that it names. */
async function start(
  index: number,
  { lies, ...changes }: { lies?: boolean } & Partial<HostParameters> = {},
): Promise<Running> {
  const covey = network.account(index);
  const key = generatePrivateKey();
  const folder = join(network.folder, `host-${index}`);
  const events: NodeEvent[] = [];
  const stopped = new AbortController();
  await stake(covey, parseEther('20000'));
  await allocate(covey, { taskId: 0n, role: 'host', ratio: 10n ** 18n });
  await network.anvil.advance(2);
  const served = { ...offer, name: `Host ${index}` };
  const cid = await network.store.putBlock(codecs.dagJson, encodeOffer(served));
  // The port is known once it listens; the registry has it before in life.
  const free = await freePort();
  const endpoint = `http://127.0.0.1:${free}`;
  await enlistHost(covey, { endpoint, offer: cid, signer: privateKeyToAccount(key).address, capacity: 8 });
  const host = new Host({
    ...{ covey, offer: served, signingKey: key, stateDir: folder },
    reader: lies ? lying(network.store) : network.store,
    onEvent: (event) => events.push(event),
    wasm: await readCoreWasm(),
    scorer: network.core.sha256,
    listen: { host: '127.0.0.1', port: free },
    ...changes,
  });
  const run = host.run({ signal: stopped.signal, pollMs: 200 });
  const stop = async () => {
    stopped.abort();
    await run;
  };
  const made = { covey, url: endpoint, key, events, folder, stop };
  await Promise.race([run, until(() => events.some(({ event }) => event === 'host-serving'))]);
  running.push(made);
  return made;
}

/** Content whose weights are others: what a host that saves itself the right model would do. */
function lying(store: ContentReader): ContentReader {
  const wrong = right.map((value, i) => (i % 7 === 0 ? value + 1 : value));
  return {
    getBlock: (cid, options) => store.getBlock(cid, options),
    get: async (cid, options) => (cid === model ? modelToBytes(architecture, wrong) : await store.get(cid, options)),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setTimeout(done, 20));
}

beforeAll(async () => {
  network = await startTestNetwork();
  payer = network.account(cast.outsider);
  right = network.core.initialise(architecture.layers, 11);
  model = await network.store.add(modelToBytes(architecture, right));
  const networkCid = await network.store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  offer = {
    schema: 'covey.offer/1',
    name: 'Host',
    models: [{ name: 'stories', model, network: networkCid, window: 16, request: String(price), thousand: '0' }],
    limits: { requestBytes: 65_536, tokens: 512, queue: 16 },
  };
});

afterAll(async () => {
  for (const host of running) await host.stop().catch(() => undefined);
  await network.stop();
});

const question = (text: string, length = 4): Question => ({
  kind: 'generate',
  prompt: tokensOfText(text),
  length,
  temperature: 700,
  seed: 5,
  stop: [],
});

function client(changes: Partial<InferenceClientParameters> = {}) {
  const signer = privateKeyToAccount(generatePrivateKey());
  const own = channelPayer({ covey: payer, signer, purse: memoryPurse(), deposit: parseEther('1') });
  const made = new InferenceClient({
    deployment: network.deployment,
    scorer: network.core.sha256,
    payer: own,
    insecure: true,
    timeoutMs: 30_000,
    check: { core: network.core, reader: network.store, share: 1 },
    ...changes,
  });
  return { client: made, payer: own, signer };
}

const hostsOf = async (...nodes: Running[]): Promise<ServingHost[]> => {
  const found = await findHosts(network.covey, network.store, 'stories');
  return nodes.map(({ covey }) => found.find(({ node }) => node === covey.sender.address)!);
};

it('what hosts and payers sign is what the contracts read', async () => {
  const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
  const answer = { model: hash(1), scorer: hash(2), input: hash(3), output: hash(4), channel: hash(5), nonce: 6n };
  const voucher = { channel: hash(7), amount: 8n };
  const { deployment, publicClient } = network;
  const [ofAnswer, ofVoucher] = await Promise.all([
    publicClient.readContract({
      ...{ address: deployment.hostRegistry, abi: hostRegistryAbi },
      ...{ functionName: 'answerDigest', args: [answer] },
    }),
    publicClient.readContract({
      ...{ address: deployment.inferenceChannels, abi: inferenceChannelsAbi },
      ...{ functionName: 'voucherDigest', args: [voucher] },
    }),
  ]);
  expect([ofAnswer, ofVoucher]).toEqual([answerHash(deployment, answer), voucherHash(deployment, voucher)]);
});

it('ten paid predictions, then vouchers that pay nothing; what was signed is redeemed when the host stops', async () => {
  const host = await start(2);
  const [serving] = await hostsOf(host);
  const { client: asking, payer: own } = client();
  for (let i = 0; i < 10; i++) {
    const proven = await asking.askHost(serving!, question(`Once ${i}`));
    expect(proven.price).toBe(price);
  }
  const entry = (await own.entry(host.covey.sender.address))!;
  expect(entry).toMatchObject({ signed: 10n * price, spent: 10n * price });

  // A voucher that paid already, one of a stranger, and one for more than the channel holds.
  const request = encodeRequest({
    schema: 'covey.request/1',
    ...offerNames(),
    ...question('again'),
  } as InferenceRequest);
  const post = async (voucher?: string) => {
    const reply = await fetch(`${host.url}/v1/answers`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.ipld.dag-json', ...(voucher && { 'covey-voucher': voucher }) },
      body: new Uint8Array(request),
    });
    return [reply.status, ((await reply.json()) as { error?: { code: string } }).error?.code];
  };
  // What is told of a channel is told to its signer alone.
  const told = await fetch(`${host.url}/v1/channels/${entry.channel}`);
  expect(told.status).toBe(402);
  const { header } = await own.identify(host.covey.sender.address);
  const asked = await fetch(`${host.url}/v1/channels/${entry.channel}`, { headers: { 'covey-voucher': header } });
  const account = (await asked.json()) as { due: string; voucher: { amount: string; signature: string } };
  expect(BigInt(account.due)).toBe(10n * price);
  expect(await post()).toEqual([402, 'PAYMENT_REQUIRED']);
  expect(await post(`${entry.channel}:${account.voucher.amount}:${account.voucher.signature}`)).toEqual([
    402,
    'PAYMENT_REQUIRED',
  ]);
  const stranger = await privateKeyToAccount(generatePrivateKey()).sign({
    hash: voucherHash(network.deployment, { channel: entry.channel, amount: 11n * price }),
  });
  expect(await post(`${entry.channel}:${11n * price}:${stranger}`)).toEqual([402, 'VOUCHER_INVALID']);
  expect(await post(`${entry.channel}:${parseEther('2')}:${stranger}`)).toEqual([402, 'CHANNEL_UNFIT']);
  expect(await post(`${zeroHash}:1:${stranger}`)).toEqual([402, 'CHANNEL_UNFIT']);
  expect(await post('nonsense')).toEqual([402, 'VOUCHER_INVALID']);

  // A host that asks for more than its offer says gets nothing.
  const cheap = { ...serving!, model: { ...serving!.model, request: String(price / 2n) } };
  await expect(asking.askHost(cheap, question('cheap'))).rejects.toMatchObject({ code: 'HOST_OVERCHARGES' });

  const before = await readBalance(network.covey, host.covey.sender.address);
  await host.stop();
  const redeemed = host.events.find(({ event }) => event === 'redeemed');
  expect(redeemed).toMatchObject({ channels: 1 });
  expect(await readChannel(network.covey, entry.channel)).toMatchObject({ state: 'open', deposit: parseEther('1') });
  expect(await readBalance(network.covey, host.covey.sender.address)).toBeGreaterThan(before);
  // Vouchers outlive the host; a second redemption finds nothing.
  const log = await VoucherLog.open(join(host.folder, 'host', 'vouchers.jsonl'));
  const { redeemed: paid } = (await readChannel(network.covey, entry.channel))!;
  expect(log.best(entry.channel)!.amount).toBe(paid);
  await log.close();
});

const offerNames = () => ({ model, network: offer.models[0]!.network });

it('a host that lies is found by whoever computes again, and loses stake; the client has its answer from another', async () => {
  const [honest, liar] = [await start(3), await start(4, { lies: true })];
  const failures: { code: string; wrong?: WrongAnswer; proven?: ProvenAnswer }[] = [];
  const { client: asking } = client({ onFailure: (failure) => failures.push(failure) });
  const proven = await asking.ask(await hostsOf(liar, honest), question('Tell me'));
  expect(proven.host).toBe(honest.covey.sender.address);
  expect(failures.map(({ code }) => code)).toEqual(['HOST_WRONG_ANSWER']);

  // The liar's own log convicts it, too.
  const logged = [];
  for await (const one of readAnswers(join(liar.folder, 'host', 'answers.jsonl'), network.deployment)) logged.push(one);
  const { wrong, proven: lie } = failures[0]!;
  expect(logged.map((one) => one.logged?.signed)).toEqual([lie!.signed]);

  const evidence = await publishEvidence(network.store, wrong!);
  expect(evidence).toBe(wrong!.cid);
  const { caseId } = await accuseHost(payer, {
    node: liar.covey.sender.address,
    answer: lie!.signed,
    signature: lie!.signature,
    output: wrong!.output,
    evidence,
  });
  const open = await readAnswerCase(payer, caseId);
  expect(open.state).toBe('open');
  const { timestamp } = await network.publicClient.getBlock();
  await network.anvil.advance(open.end - Number(timestamp) + 1);
  expect(await network.keeper().closeAnswerCases()).toBe(0);
  const closed = await readAnswerCase(payer, caseId);
  expect(closed.state).toBe('executed');
  expect(closed.taken).toBeGreaterThan(0n);
});

it('a host that vanishes in mid-stream is left for another, and each token is told once', async () => {
  const honest = running.find(({ covey }) => covey.sender.address === network.account(3).sender.address)!;
  const [serving] = await hostsOf(honest);
  const { client: alone } = client();
  const whole = await alone.askHost(serving!, question('Go on', 12));
  if (whole.answer.kind !== 'tokens') throw new Error(whole.answer.kind);
  const { tokens } = whole.answer;

  const vanishing: Server = createServer((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const token of tokens.slice(0, 5)) reply.write(`data: ${JSON.stringify({ tokens: [token] })}\n\n`);
    setTimeout(() => reply.destroy(), 50);
  });
  await new Promise<void>((done) => vanishing.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(vanishing.address() as AddressInfo).port}`;
  const told: number[] = [];
  const failures: string[] = [];
  const { client: asking, payer: own } = client({ onFailure: ({ code }) => failures.push(code) });
  const proven = await asking.ask([{ ...serving!, endpoint }, serving!], question('Go on', 12), {
    onTokens: (some) => told.push(...some),
  });
  vanishing.close();
  expect(failures).toEqual(['HOST_UNREACHABLE']);
  expect(told).toEqual(tokens);
  expect(proven.answer).toEqual(whole.answer);
  // What the one that vanished was paid for is all that it can keep.
  expect((await own.entry(serving!.node))!.signed).toBe(2n * price);
});

it('a client that lost its purse goes on by the voucher that its host shows', async () => {
  const honest = running.find(({ covey }) => covey.sender.address === network.account(3).sender.address)!;
  const [serving] = await hostsOf(honest);
  const signer = privateKeyToAccount(generatePrivateKey());
  const purse = memoryPurse();
  const pay = () => channelPayer({ covey: payer, signer, purse, deposit: parseEther('1') });
  await client({ payer: pay() }).client.askHost(serving!, question('one'));
  const { channel } = (await purse.get(serving!.node))!;
  await purse.set(serving!.node, { channel, signed: 0n, spent: 0n });
  await client({ payer: pay() }).client.askHost(serving!, question('two'));
  expect(await purse.get(serving!.node)).toEqual({ channel, signed: 2n * price, spent: 2n * price });
});

it('a host that makes up what is due gets no second voucher, and is not asked again', async () => {
  const honest = running.find(({ covey }) => covey.sender.address === network.account(3).sender.address)!;
  const [serving] = await hostsOf(honest);
  const failures: string[] = [];
  const { client: asking, payer: own } = client({ onFailure: ({ code }) => failures.push(code) });
  await asking.askHost(serving!, question('first'));
  let calls = 0;
  const greedy = createServer((request, reply) => {
    calls++;
    const isAccount = request.method === 'GET';
    reply.writeHead(isAccount ? 200 : 402, { 'content-type': 'application/json' });
    reply.end(
      isAccount
        ? JSON.stringify({ due: String(2n * price), voucher: null })
        : JSON.stringify({ error: { code: 'PAYMENT_REQUIRED', message: 'more' } }),
    );
  });
  await new Promise<void>((done) => greedy.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(greedy.address() as AddressInfo).port}`;
  const ask = () => asking.ask([{ ...serving!, endpoint }], question('second'));
  await expect(ask()).rejects.toMatchObject({ code: 'HOST_NONE' });
  await expect(ask()).rejects.toMatchObject({ code: 'HOST_NONE' });
  greedy.close();
  expect(failures).toEqual(['HOST_OVERCHARGES']);
  expect(calls).toBe(2);
  expect(await own.entry(serving!.node)).toMatchObject({ signed: 2n * price, spent: price });
});

it('a predicted row costs what the offer says, and no model of text takes one', async () => {
  const honest = running.find(({ covey }) => covey.sender.address === network.account(3).sender.address)!;
  const [serving] = await hostsOf(honest);
  const { client: asking, payer: own } = client();
  const row: Question = { kind: 'predict', inputs: f32Bytes(Float32Array.of(1)), rows: 1, values: 'outputs' };
  await expect(asking.ask([serving!], row)).rejects.toMatchObject({
    code: 'HOST_REFUSED',
    upstream: 'PROTOCOL_INVALID_REQUEST',
  });
  // What was not answered is not spent.
  expect((await own.entry(serving!.node))!.spent).toBe(0n);
});

it('a time-out keeps the price, streamed or not: nobody has tokens for nothing by asking for too much', async () => {
  const slow = await start(5, { maxMs: 5 });
  const [serving] = await hostsOf(slow);
  const { client: asking, payer: own } = client({ check: undefined });
  const told: number[] = [];
  for (const onTokens of [undefined, (some: number[]) => told.push(...some)]) {
    await expect(asking.askHost(serving!, question('On and on', 512), { onTokens })).rejects.toMatchObject({
      code: 'HOST_REFUSED',
      upstream: 'ANSWER_TIME_LIMIT',
    });
  }
  // Both sides count both.
  const host = slow.covey.sender.address;
  const { channel, spent } = (await own.entry(host))!;
  expect(spent).toBe(2n * price);
  const { header } = await own.identify(host);
  const account = await fetch(`${slow.url}/v1/channels/${channel}`, { headers: { 'covey-voucher': header } });
  expect(await account.json()).toMatchObject({ due: String(2n * price), voucher: { amount: String(2n * price) } });
  await slow.stop();
  expect((await readChannel(network.covey, channel))!.redeemed).toBe(2n * price);
});

it('a contract’s vouchers are refused, whatever the contract says, unless the host takes them', async () => {
  const { anvil } = network;
  // Says of any signature that it is its own; tomorrow it may say otherwise (returns ERC-1271's magic value).
  const wallet = privateKeyToAccount(generatePrivateKey()).address;
  await anvil.testClient.setCode({ address: wallet, bytecode: '0x631626ba7e60e01b60005260206000f3' });
  const [careful, trusting] = [await start(6), await start(7, { contractSigners: true })];
  const ask = async ({ covey, url }: Running) => {
    const { channel } = await openChannel(payer, { host: covey.sender.address, amount: price, signer: wallet });
    const reply = await fetch(`${url}/v1/answers`, {
      method: 'POST',
      headers: {
        'content-type': 'application/vnd.ipld.dag-json',
        'covey-voucher': `${channel}:${price}:0x${'ab'.repeat(65)}`,
      },
      body: new Uint8Array(
        encodeRequest({ schema: 'covey.request/1', ...offerNames(), ...question('wallet') } as InferenceRequest),
      ),
    });
    return [reply.status, ((await reply.json()) as { error?: { code: string } }).error?.code];
  };
  expect(await ask(careful)).toEqual([402, 'VOUCHER_INVALID']);
  expect(await ask(trusting)).toEqual([200, undefined]);
});
