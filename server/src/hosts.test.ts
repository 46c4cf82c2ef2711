import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openChannel, rateHost, resignHost } from '@covey/client/inference';
import { pauseDeposits } from '@covey/governance';
import { parseEther, sha256, stringToHex } from 'viem';
import type { Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { REORG_WINDOW } from './indexer/indexer.ts';
import { endpoints, pathOf } from './schema/index.ts';
import type { EndpointName } from './schema/index.ts';
import { expectHostsAsOnChain } from './testing/hosts-as-on-chain.ts';
import { asker, careless, honest, hosting, leaving, models, offerOf, payer, playHosts } from './testing/hosts.ts';
import { listen } from './testing/live-client.ts';
import { publish } from './testing/round.ts';
import { createWorld, read } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
let play: ReturnType<typeof hosting>;
let channel: Hex;
let review: string;

beforeAll(async () => {
  world = await createWorld();
  server = await world.serve();
  play = hosting(world);
  ({ channel, review } = await playHosts(world, server));
});
afterAll(() => world?.close());

const host = (account: number) => read(server, endpoints.host, { params: { address: play.address(account) } });
const wei = (amount: string) => `${parseEther(amount)}`;

test('hosts, channels, cases and requests are those of the contracts', () => expectHostsAsOnChain(world, server));

test('a host with its models, its stake, what it was paid, how it was rated and what it was accused of', async () => {
  const found = await host(honest);
  expect(found).toMatchObject({ serving: true, struck: false, capacity: 9, channels: 2, casesEnd: null });
  // What would rearrange a page is not told.
  expect(found.endpoint).toBe('https://honest.example/\ufffd');
  expect(found.offer).toMatchObject({ status: 'ok', error: null, value: { name: 'Honest host' } });
  expect(found.offer.value?.models).toMatchObject([
    { name: 'stories', model: models.stories, request: wei('0.1'), thousand: wei('0.05') },
  ]);
  // 12 less a fortieth for the treasury; five stars by 9 and one by 3.
  expect(found.earned).toBe(wei('11.7'));
  expect(found.rating).toEqual({ stars: wei('4'), weight: wei('12'), channels: 2 });
  expect(found.ratings.map(({ stars, weight }) => [stars, weight])).toEqual([
    [1, wei('3')],
    [5, wei('9')],
  ]);
  expect(found.ratings[1]).toMatchObject({ channel, reviewCid: review, payer: play.address(payer) });
  expect(found.cases).toEqual({ open: 1, lost: 0, won: 1, lapsed: 1, taken: '0' });
  expect(found.requests).toEqual({ answered: 6, wrong: 0 });
});

test('a host that was wrong shows each case with what it took; one whose offer nobody has shows that', async () => {
  const found = await host(careless);
  expect(found).toMatchObject({ state: 'left', serving: false, struck: true });
  expect(found.requests).toEqual({ answered: 2, wrong: 2 });
  expect(found.cases).toMatchObject({ open: 0, lost: 5, won: 0 });
  expect(found.caseList.map(({ kind, state, next }) => `${kind} ${state} ${next}`)).toEqual([
    'request executed null',
    'request executed null',
    'contradiction executed null',
    'accused executed null',
    'accused executed null',
  ]);
  expect(found.caseList.map(({ ruling }) => ruling?.wrong ?? null)).toEqual([null, null, null, true, null]);
  expect(found.caseList[2]?.other?.output).toBe(sha256(stringToHex('no')));
  expect(found.caseList[1]).toMatchObject({ requestId: '3', answer: null, evidenceCid: null });
  const taken = found.caseList.reduce((sum, one) => sum + BigInt(one.taken), 0n);
  expect([found.cases.taken, found.stake.bound]).toEqual([`${taken}`, `${parseEther('30000') - taken}`]);
  expect(await host(leaving)).toMatchObject({ state: 'left', struck: false, rating: { stars: null } });
  expect((await host(leaving)).offer).toMatchObject({ status: 'unavailable', value: null });
  const stranger = await fetch(server.url + pathOf(endpoints.host, { params: { address: play.address(asker) } }));
  expect([stranger.status, await stranger.json()]).toMatchObject([404, { error: { code: 'SERVER_NOT_FOUND' } }]);
});

test('requests tell their answers, disputes, rulings, and what came of the callback', async () => {
  const { items } = await read(server, endpoints.inferenceRequests, {});
  expect(items.map(({ id, state, next }) => `${id} ${state} ${next}`)).toEqual([
    '10 answered dispute',
    '9 asked answer',
    '8 delivered null',
    '7 delivered null',
    '6 refunded null',
    '5 ruled deliver',
    '4 refunded null',
    '3 delivered null',
    '2 refunded null',
    '1 delivered null',
  ]);
  const byId = new Map(items.map((one) => [one.id, one]));
  expect(['1', '7', '8'].map((id) => byId.get(id)?.delivery?.called)).toEqual([false, true, false]);
  expect(byId.get('3')).toMatchObject({
    ruling: { verdict: 'disputerRight' },
    delivery: { amount: wei('2.925'), fee: wei('0.075') },
  });
  expect(byId.get('2')).toMatchObject({ inputCid: expect.any(String), inputBytes: null, answer: null });
  expect(byId.get('1')).toMatchObject({ inputCid: null, inputBytes: stringToHex('What is it?') });
  const of = async (query: Parameters<typeof read<typeof endpoints.inferenceRequests>>[2]['query']) =>
    (await read(server, endpoints.inferenceRequests, { query })).items.map(({ id }) => id).join();
  expect(await of({ asker: play.address(asker).toLowerCase() })).toBe('10,9,6,5,4,3,2,1');
  expect(await of({ host: play.address(careless) })).toBe('4,3');
  expect(await of({ host: play.address(leaving) })).toBe('2');
  expect(await of({ state: 'refunded', limit: 1 })).toBe('6');
  expect(await of({ model: sha256(stringToHex('another')) })).toBe('');
});

test('hosts are found by a model’s name or CID, and sorted; those that serve come first', async () => {
  const found = async (query: Parameters<typeof read<typeof endpoints.hosts>>[2]['query']) =>
    (await read(server, endpoints.hosts, { query })).items.map(({ address }) =>
      [honest, careless, leaving].findIndex((account) => play.address(account) === address),
    );
  expect(await found({})).toEqual([0, 2, 1]);
  expect(await found({ serving: 'true' })).toEqual([0]);
  expect(await found({ state: 'left', sort: 'newest' })).toEqual([2, 1]);
  expect(await found({ model: 'stories', sort: 'cheapest' })).toEqual([0, 1]);
  expect(await found({ model: models.digits })).toEqual([1]);
  expect(await found({ model: "' or true --" })).toEqual([]);
  expect(await found({ sort: 'rating' })).toEqual([0, 1, 2]);
  expect(await found({ limit: 1, cursor: '1' })).toEqual([2]);
  const second = await read(server, endpoints.hosts, { query: { limit: 2 } });
  expect([second.total, second.nextCursor]).toEqual([3, '2']);
});

test('channels by account, payer, host and state', async () => {
  const found = async (query: Parameters<typeof read<typeof endpoints.channels>>[2]['query']) =>
    (await read(server, endpoints.channels, { query })).items.map(({ state }) => state);
  expect(await found({})).toEqual(['open', 'closed', 'closing']);
  expect(await found({ account: play.address(honest).toLowerCase() })).toEqual(['closed', 'closing']);
  expect(await found({ payer: play.address(payer), host: play.address(careless) })).toEqual(['open']);
  expect(await found({ rated: 'true', state: 'closing' })).toEqual(['closing']);
  expect(await read(server, endpoints.channel, { params: { digest: channel } })).toMatchObject({
    deposit: wei('15'),
    redeemed: wei('9'),
    fees: wei('0.225'),
    rating: { stars: 5, reviewCid: review },
  });
});

test('what makes a host’s page stale is told', async () => {
  const live = listen(server.url);
  await openChannel(play.as(asker), { host: play.address(honest), amount: parseEther('1') });
  const keys = [`hosts/${play.address(honest)}`, 'channels'] as const;
  await live.until((all) => all.some(({ data }) => keys.every((key) => data.keys.includes(key))));
  await live.stop();
});

/** An account that nothing else is done with. */
const newcomer = 6;

test('an offer that comes late is taken in, and its page told of it', async () => {
  const live = listen(server.url);
  const late = offerOf('Late', { digits: ['1', '1'] });
  await play.enlist(newcomer, await publish(server, late));
  await live.until((all) => all.some(({ data }) => data.type === 'document' && data.keys.includes('hosts')));
  await live.stop();
  expect((await host(newcomer)).offer.value?.name).toBe('Late');
});

/** Everything that a page of hosts could show. */
async function snapshotOf(of: CoveyServer): Promise<Record<string, unknown>> {
  const names: EndpointName[] = ['hosts', 'channels', 'answerCases', 'inferenceRequests'];
  const paths = [
    ...names.map((name) => pathOf(endpoints[name], {} as never)),
    ...[honest, careless].map((account) => pathOf(endpoints.host, { params: { address: play.address(account) } })),
  ];
  const all: Record<string, unknown> = {};
  for (const path of paths) all[path] = await (await fetch(`${of.url}${path}`)).json();
  return all;
}

test('a reorganisation takes back ratings, channels, requests and hosts that left', async () => {
  await server.caughtUp();
  const before = await snapshotOf(server);
  const snapshot = await world.anvil.testClient.snapshot();
  await rateHost(play.as(payer), { channel, stars: 1 });
  await openChannel(play.as(asker), { host: play.address(honest), amount: parseEther('1') });
  await play.answer(honest, 9n, 'something');
  await play.deliver(5n, 'answer 5');
  await resignHost(play.as(honest));
  await server.caughtUp();
  expect(await host(honest)).toMatchObject({ state: 'left', rating: { stars: wei('1') } });

  await world.anvil.testClient.revert({ id: snapshot });
  await world.anvil.testClient.mine({ blocks: 10 });
  await server.caughtUp();
  expect(await snapshotOf(server)).toEqual(before);
  await expectHostsAsOnChain(world, server);
});

test('an index that was deleted is rebuilt to the same answers; a pause of the DAO is told', async () => {
  const { timestamp } = await world.anvil.publicClient.getBlock();
  const until = Number(timestamp) + 86_400;
  await play.asDao(pauseDeposits(world.deployment, { contract: 'inferenceChannels', until }));
  // More blocks than can be reorganised, so that the rebuild reads both the settled and the open part of the chain.
  await world.anvil.testClient.mine({ blocks: 2 * REORG_WINDOW });
  await server.caughtUp();
  const { pausedUntil } = await read(server, endpoints.market, {});
  expect(pausedUntil).toMatchObject({ inferenceChannels: until, inferenceDesk: null });
  const before = await snapshotOf(server);
  await server.close();
  await rm(join(world.directory, 'data', 'index'), { recursive: true });
  server = await world.serve();
  await server.caughtUp();
  expect(await snapshotOf(server)).toEqual(before);
});
