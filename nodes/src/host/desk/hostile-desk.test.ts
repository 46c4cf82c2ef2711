import { allocate, clientError, codecs, stake, type ContentReader, type CoveyWriter } from '@covey/client';
import {
  askDesk,
  disputeDesk,
  enlistHost,
  readDeskDocuments,
  readDeskInput,
  readDeskRequest,
  type DeskOrder,
} from '@covey/client/inference';
import { blockCid, cidToChain, modelToBytes, type Architecture } from '@covey/protocol';
import {
  answerTo,
  digestOf,
  encodeAnswer,
  encodeNetwork,
  encodeOffer,
  encodeRequest,
  type Offer,
} from '@covey/protocol/inference';
import { parseEther, type Address } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodeEvent } from '../../events.ts';
import { cast, startTestNetwork, type TestNetwork } from '../../testing/test-network.ts';
import { DeskClerk, type DeskClerkParameters } from './desk-clerk.ts';

const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
    { type: 'dense', inputs: 4, outputs: 256 },
  ],
  input: 'tokens',
};
const price = parseEther('0.5');
const HOUR = 3_600;

let network: TestNetwork;
let asker: CoveyWriter;
let host: CoveyWriter;
let offer: Offer;
let compute: DeskClerkParameters['compute'];
const events: NodeEvent[] = [];

beforeAll(async () => {
  network = await startTestNetwork();
  [asker, host] = [network.account(cast.outsider), network.account(2)];
  const parameters = network.core.initialise(architecture.layers, 3);
  const model = await network.store.add(modelToBytes(architecture, parameters));
  const document = await network.store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  offer = {
    schema: 'covey.offer/1',
    name: 'Desk',
    models: [{ name: 'bytes', model, network: document, window: 8, request: String(price), thousand: '0' }],
    limits: { requestBytes: 65_536, tokens: 16, queue: 4 },
  };
  compute = async (request) => encodeAnswer(answerTo(network.core, { architecture, parameters }, request));
  await stake(host, parseEther('20000'));
  await allocate(host, { taskId: 0n, role: 'host', ratio: 10n ** 18n });
  await network.anvil.advance(2);
  const cid = await network.store.putBlock(codecs.dagJson, encodeOffer(offer));
  const signer: Address = host.sender.address;
  await enlistHost(host, { endpoint: 'https://host.example', offer: cid, signer, capacity: 4 });
});
afterAll(() => network.stop());

const question = (text: string): Uint8Array =>
  encodeRequest({
    schema: 'covey.request/1',
    ...{ model: offer.models[0]!.model, network: offer.models[0]!.network },
    ...{ kind: 'generate', prompt: [...new TextEncoder().encode(text)], length: 4, temperature: 0, seed: 0, stop: [] },
  });

async function ask(input: DeskOrder['input'], changes: Partial<DeskOrder> = {}): Promise<bigint> {
  const { requestId } = await askDesk(asker, {
    ...{ model: cidToChain(offer.models[0]!.model).digest, scorer: network.core.sha256, input },
    ...{ host: null, fee: price, callbackGas: 0, answerWindow: HOUR, disputeWindow: HOUR },
    ...changes,
  });
  return requestId;
}

const clerk = (changes: Partial<DeskClerkParameters> = {}) =>
  new DeskClerk({
    ...{ covey: host, node: host.sender.address, reader: network.store, offer, scorer: network.core.sha256 },
    ...{ maxCallbackGas: 200_000, compute, onEvent: (event) => events.push(event) },
    memory: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    ...changes,
  });

const stateOf = async (requestId: bigint) => (await readDeskRequest(network.covey, requestId)).state;
const missing = (n: number) => blockCid(codecs.dagJson, encodeAnswer({ ...right, tokens: [n] }));
const right = { schema: 'covey.answer/1', kind: 'tokens', tokens: [0], finish: 'length' } as const;

/** Looks until it is so, as a host does. */
async function lookUntil(one: DeskClerk, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await one.look().catch(() => undefined);
    await new Promise((done) => setTimeout(done, 50));
  }
}

it('content that never comes, of whomever, keeps no other request waiting', async () => {
  const asked: string[] = [];
  /** A gateway that says nothing for what it has not. */
  const hanging: ContentReader = {
    getBlock: (cid, options) => network.store.getBlock(cid, options),
    get: async (cid, options) => {
      const there = await network.store.get(cid, options).catch(() => null);
      if (there) return there;
      asked.push(cid);
      return await new Promise((_, fail) => {
        setTimeout(() => fail(clientError('CONTENT_TIMEOUT', 'Nobody has it.')), options!.timeoutMs! / 20);
      });
    },
  };
  const lost: bigint[] = [];
  for (let n = 0; n < 24; n++) lost.push(await ask(missing(n)));
  const inline = await ask(question('here'));
  const named = await ask(await network.store.putBlock(codecs.dagJson, question('there')));
  const one = clerk({ reader: hanging });
  await lookUntil(one, async () => (await stateOf(inline)) === 'answered');
  // Most of what never comes is still to be looked for.
  expect(asked.length).toBeLessThan(lost.length);
  await lookUntil(one, async () => (await stateOf(named)) === 'answered');
  // Each of them was looked for once, and briefly.
  expect(asked.length).toBeLessThanOrEqual(lost.length);
  for (const id of lost) expect(await stateOf(id)).toBe('asked');
  await network.anvil.advance(2 * HOUR);
});

it('a request that fails as nobody foresaw keeps no other waiting, and none from its end', async () => {
  const [bad, good] = [await ask(question('bad')), await ask(question('good'))];
  const many: bigint[] = [];
  for (let n = 0; n < 5; n++) many.push(await ask(question(`more ${n}`)));
  const one = clerk({
    compute: async (request, signal) => {
      if (request.kind === 'generate' && request.prompt[0] === 0x62) throw new RangeError('a trap in the core');
      return await compute(request, signal);
    },
  });
  const all = [good, ...many];
  const states = async () => new Set(await Promise.all(all.map(stateOf)));
  for (let look = 0; look < 3; look++) await one.look().catch(() => undefined);
  expect([...(await states())]).toEqual(['answered']);
  expect(await stateOf(bad)).toBe('asked');
  await network.anvil.advance(HOUR + 1);
  for (let look = 0; look < 3; look++) await one.look().catch(() => undefined);
  expect([...(await states())]).toEqual(['delivered']);
});

it('an end that cannot be brought keeps the others from theirs no longer than a look', async () => {
  const both = [await ask(question('first')), await ask(question('second'))];
  let stuck: unknown;
  const { sender } = host;
  const faulty: CoveyWriter = {
    ...host,
    sender: Object.assign(Object.create(sender) as typeof sender, {
      send: async (call: Parameters<typeof sender.send>[0]) => {
        if (call.functionName === 'deliver' && call.args?.[0] === (stuck ??= call.args?.[0]))
          throw clientError('TRANSACTION_PENDING', 'The endpoint takes it and forgets it.');
        return await sender.send(call);
      },
    }),
  };
  const one = clerk({ covey: faulty });
  await one.look();
  await network.anvil.advance(HOUR + 1);
  await expect(one.look()).rejects.toMatchObject({ code: 'TRANSACTION_PENDING' });
  expect((await Promise.all(both.map(stateOf))).sort()).toEqual(['answered', 'delivered']);
  // Whoever starts anew ends it.
  await clerk().look();
  expect(await Promise.all(both.map(stateOf))).toEqual(['delivered', 'delivered']);
});

it('a host that is started again takes up what it had answered: paid, ruled or refunded', async () => {
  const [undisputed, disputed, open] = [await ask(question('x')), await ask(question('y')), await ask(question('z'))];
  const before = clerk();
  await before.look();
  await disputeDesk(network.account(cast.keeper), { requestId: disputed, output: new Uint8Array([1]) });
  expect(await Promise.all([undisputed, disputed, open].map(stateOf))).toEqual(['answered', 'disputed', 'answered']);
  // Asked, and answered by nobody while no clerk looked.
  const late = await ask(question('late'));
  events.length = 0;
  const after = clerk();
  await after.look();
  expect(await stateOf(late)).toBe('answered');
  // What was answered is not computed, or answered, again.
  expect(events.filter(({ event }) => event === 'desk-answered')).toHaveLength(1);
  await network.anvil.advance(HOUR + 1);
  await clerk().look();
  expect(await Promise.all([undisputed, open].map(stateOf))).toEqual(['delivered', 'delivered']);
  await network.anvil.advance(8 * 86_400);
  await clerk().look();
  expect(await stateOf(disputed)).toBe('refunded');
});

it('a request that a reorganisation put in the place of another is answered as what it is', async () => {
  const pretender = await network.publicClient.request({ method: 'evm_snapshot' as never });
  const first = await ask(question('first'), { answerWindow: 2 * HOUR });
  let turn: (() => Promise<void>) | undefined = async () => {
    await network.publicClient.request({ method: 'evm_revert' as never, params: [pretender] as never });
    turn = undefined;
    expect(await ask(question('in its place'))).toBe(first);
  };
  /** The number is given to another request between two calls of the host. */
  const readAtOnce: CoveyWriter = {
    ...host,
    events: (async (...args: Parameters<CoveyWriter['events']>) => {
      const found = await host.events(...args);
      if (found.length > 0 && (args[0] as { eventName?: string }).eventName === 'InferenceAsked') await turn?.();
      return found;
    }) as CoveyWriter['events'],
  };
  const one = clerk({ covey: readAtOnce });
  await lookUntil(one, async () => (await stateOf(first)) === 'answered');
  const request = await readDeskRequest(network.covey, first);
  const documents = await readDeskDocuments(network.covey, first);
  expect(request.output).toBe(
    digestOf(await compute(await readDeskInput(network.store, request, documents), undefined)),
  );
  expect(documents.input).toEqual(question('in its place'));
});
