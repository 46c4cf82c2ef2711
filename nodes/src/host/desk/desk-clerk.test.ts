import { join } from 'node:path';
import { clientError, codecs, type CoveyWriter } from '@covey/client';
import { askDesk, readDeskRequest, type DeskOrder } from '@covey/client/inference';
import { cidToChain } from '@covey/protocol';
import { encodeOffer, encodeRequest, type InferenceRequest, type Offer } from '@covey/protocol/inference';
import { parseEther, stringToBytes } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodeEvent } from '../../events.ts';
import { byteModel, enlist, offerOf, offered } from '../../testing/hosting.ts';
import { cast, startTestNetwork, type TestNetwork } from '../../testing/test-network.ts';
import { DeskClerk, type DeskClerkParameters } from './desk-clerk.ts';
import { DeskMemory, type Remembered } from './desk-memory.ts';

const HOUR = 3_600;
const [host, other] = [2, 3];
let network: TestNetwork;
let asker: CoveyWriter;
let offer: Offer;
let events: NodeEvent[] = [];

beforeAll(async () => {
  network = await startTestNetwork();
  asker = network.account(cast.outsider);
  const parameters = network.core.initialise(byteModel().layers, 3);
  const price = parseEther('0.5');
  offer = offerOf([await offered(network.store, byteModel(), { name: 'bytes', parameters, price })]);
  const cid = await network.store.putBlock(codecs.dagJson, encodeOffer(offer));
  for (const index of [host, other])
    await enlist(network, index, { offer: cid, signer: network.account(index).sender.address });
});
afterAll(() => network.stop());

/** Answers with what was asked, so that a test sees for which request it was. */
const echo = (request: InferenceRequest): Promise<Uint8Array> => Promise.resolve(encodeRequest(request));

function clerk(changes: Partial<DeskClerkParameters> = {}, index = host): DeskClerk {
  events = [];
  const covey = network.account(index);
  return new DeskClerk({
    ...{ covey, node: covey.sender.address, reader: network.store, offer, scorer: network.core.sha256 },
    ...{ maxCallbackGas: 200_000, compute: echo, onEvent: (event: NodeEvent) => void events.push(event) },
    memory: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    ...changes,
  });
}

const question = (text: string): Uint8Array => {
  const { model, network } = offer.models[0]!;
  return encodeRequest({
    ...{ schema: 'covey.request/1', model, network, kind: 'generate', prompt: [...stringToBytes(text)] },
    ...{ length: 4, temperature: 0, seed: 0, stop: [] },
  });
};
const order = (text: string, changes: Partial<DeskOrder> = {}): DeskOrder => ({
  model: cidToChain(offer.models[0]!.model).digest,
  scorer: network.core.sha256,
  input: question(text),
  ...{ host: network.account(host).sender.address, fee: parseEther('1'), callbackGas: 0 },
  ...{ answerWindow: HOUR, disputeWindow: HOUR, ...changes },
});
const stateOf = async (requestId: bigint) => (await readDeskRequest(network.covey, requestId)).state;
const told = (event: NodeEvent['event'], requestId: bigint) =>
  events.filter((one) => one.event === event && (one as { requestId?: bigint }).requestId === requestId);

/** Forgets what came since, as a reorganisation does: its numbers are given anew. */
async function reorganised(before: () => Promise<unknown>): Promise<void> {
  const id = await network.anvil.testClient.snapshot();
  await before();
  await network.anvil.testClient.revert({ id });
}

it('an answer that was sent and not seen to be mined is the host’s: it is paid for it', async () => {
  const covey = network.account(host);
  let fails = true;
  const sender = Object.create(covey.sender) as typeof covey.sender;
  // The transaction is mined; what comes back is an error of the endpoint.
  sender.send = (async (...args: Parameters<typeof sender.send>) => {
    const sent = await covey.sender.send(...args);
    if (!fails) return sent;
    fails = false;
    throw clientError('CHAIN_UNREACHABLE', 'the endpoint went away');
  }) as typeof sender.send;
  const one = clerk({ covey: { ...covey, sender } });
  const { requestId } = await askDesk(asker, order('sent twice'));
  await expect(one.look()).rejects.toThrow('went away');
  expect(await stateOf(requestId)).toBe('answered');
  await one.look();
  await network.anvil.advance(HOUR + 1);
  await one.look();
  expect(await stateOf(requestId)).toBe('delivered');
  expect(told('desk-delivered', requestId)).toHaveLength(1);
});

it('an answer that a reorganisation took back is given again', async () => {
  const one = clerk();
  const { requestId } = await askDesk(asker, order('taken back'));
  await reorganised(() => one.look());
  expect(await stateOf(requestId)).toBe('asked');
  await network.anvil.advance(601);
  await one.look();
  await one.look();
  expect(await stateOf(requestId)).toBe('answered');
});

it('an answered request that is gone keeps no other from being delivered', async () => {
  const one = clerk();
  const { requestId } = await askDesk(asker, order('stays'));
  await one.look();
  await reorganised(async () => {
    const gone = await askDesk(asker, order('is gone'));
    await one.look();
    expect(told('desk-answered', gone.requestId)).toHaveLength(1);
  });
  await network.anvil.advance(HOUR + 1);
  await one.look();
  expect(await stateOf(requestId)).toBe('delivered');
});

it('a host goes on where it was: what it had answered or not is found without reading all', async () => {
  const path = join(network.folder, 'desk.json');
  const { requestId } = await askDesk(asker, order('before the start', { answerWindow: 10 * HOUR }));
  const later = await askDesk(asker, order('not to be had yet', { answerWindow: 10 * HOUR }));
  const compute: DeskClerkParameters['compute'] = (request) =>
    request.kind === 'generate' && request.prompt.length > 16
      ? Promise.reject(clientError('CHAIN_UNREACHABLE', 'later'))
      : echo(request);
  const written: Remembered[] = [];
  const kept = new DeskMemory(path, 'terms');
  const memory = {
    read: () => kept.read(),
    write: async (what: Remembered) => {
      written.push(what);
      await kept.write(what);
    },
  };
  await expect(clerk({ memory, compute }).look()).rejects.toThrow('later');
  expect(written).toHaveLength(1);
  expect(written[0]!.requests).toEqual(expect.arrayContaining([requestId, later.requestId]));
  await network.anvil.testClient.mine({ blocks: 200 });
  // It reads from where it was on.
  const covey = network.account(host);
  const from: (bigint | undefined)[] = [];
  const watched = {
    ...covey,
    events: ((filter: Parameters<typeof covey.events>[0]) => {
      if (!filter.args || !('requestId' in (filter.args as object))) from.push(filter.fromBlock);
      return covey.events(filter);
    }) as typeof covey.events,
  };
  const again = clerk({ memory, covey: watched });
  await network.anvil.advance(HOUR + 1);
  await again.look();
  await again.look();
  expect(from.every((block) => block !== undefined && block >= written[0]!.block)).toBe(true);
  expect([await stateOf(requestId), await stateOf(later.requestId)]).toEqual(['delivered', 'answered']);
  // By other terms it may have passed over what it would take now.
  expect(await new DeskMemory(path, 'other terms').read()).toBeNull();
  expect(await new DeskMemory(join(network.folder, 'none.json'), 'terms').read()).toBeNull();
});

it('a block that the chain does not have is another chain’s: all is read', async () => {
  const { requestId } = await askDesk(asker, order('found'));
  const memory = { read: () => Promise.resolve({ block: 10n ** 9n, requests: [] }), write: () => Promise.resolve() };
  await clerk({ memory }).look();
  expect(await stateOf(requestId)).toBe('answered');
});

it('what somebody else answered is theirs', async () => {
  const [mine, theirs] = [clerk(), clerk({}, other)];
  const { requestId } = await askDesk(asker, order('whoever is first', { host: null }));
  await theirs.look();
  await mine.look();
  await network.anvil.advance(HOUR + 1);
  await mine.look();
  expect(await stateOf(requestId)).toBe('answered');
  await theirs.look();
  expect(await stateOf(requestId)).toBe('delivered');
});
