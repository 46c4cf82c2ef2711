import { signEnvelope } from '@covey/governance';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import { startForger } from '../testing/forging-hub.ts';
import { ethersSigner, snapshotClient, viemSigner } from '../testing/snapshot-client.ts';
import type { Receipt } from '../testing/snapshot-client.ts';
import { createWorld, read } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const space = 'covey.eth';
let world: World;
let outside: CoveyServer;
let now: number;
let id: string;

const accountOf = (index: number) => {
  const account = world.anvil.accounts[index];
  if (account === undefined) throw new Error('no such account');
  return account;
};
const by = (index: number) => [ethersSigner(index), accountOf(index).address] as const;
const following = (name: string, url: string) =>
  world.serve({
    dataDir: `${world.directory}/${name}`,
    snapshot: { outside: { sequencer: `${outside.url}/snapshot`, graphql: `${url}/graphql`, gateway: url } },
  });
const detail = (server: CoveyServer) =>
  read(server, endpoints.snapshotProposal, { params: { digest: id } }).catch(() => undefined);

beforeAll(async () => {
  world = await createWorld();
  outside = await world.serve();
  await world.anvil.advance(1);
  await outside.caughtUp();
  const block = await world.anvil.publicClient.getBlock();
  now = Number(block.timestamp);
  const client = snapshotClient(outside.url);
  const receipt = (await client.proposal(...by(1), {
    ...{ space, type: 'weighted', title: 'Elsewhere', body: '', discussion: '', choices: ['A', 'B'], labels: [] },
    ...{ start: now - 5, end: now + 3600, snapshot: Number(block.number) - 1, plugins: '{}', app: '', timestamp: now },
  })) as Receipt;
  id = receipt.id;
  const vote = { space, proposal: id, type: 'weighted' as const };
  await client.vote(...by(2), { ...vote, choice: { 1: 1, 2: 3 }, timestamp: now });
  await client.vote(...by(3), { ...vote, choice: { 1: 1 }, timestamp: now });
  await client.vote(...by(3), { ...vote, choice: { 2: 1 }, timestamp: now + 1 });
  const alias = privateKeyToAccount(`0x${'22'.repeat(32)}`);
  await client.alias(...by(4), { alias: alias.address, timestamp: now });
  await client.vote(viemSigner(alias), alias.address, {
    ...{ ...vote, choice: { 1: 1 }, timestamp: now, from: accountOf(4).address },
  });
  await client.profile(...by(5), { profile: '{"name":"Ada"}', timestamp: now });
  await client.statement(...by(5), {
    ...{ space, network: 's', about: 'a', statement: 'b', discourse: '', status: 'ACTIVE', timestamp: now },
  });
});
afterAll(() => world.close());

test('a server that follows another hub shows what that one has, each message verified and counted again', async () => {
  const server = await following('follower', outside.url);
  await expect.poll(async () => (await detail(server))?.voteCount).toBe(3);
  const theirs = await detail(outside);
  expect(theirs?.scores).toEqual([1_250_000, 1_750_000]);
  const strip = (found: typeof theirs) => ({ ...found, votes: found?.votes.map((vote) => vote.id).sort() });
  expect(strip(await detail(server))).toEqual(strip(theirs));
  const config = await read(server, endpoints.config, {});
  expect(config.snapshot).toEqual({ space, sequencer: `${outside.url}/snapshot`, graphql: `${outside.url}/graphql` });
  // Pages may talk to it, and clients are told where to post.
  const page = await fetch(`${server.url}/api/v1/config`);
  expect(page.headers.get('content-security-policy')).toContain(new URL(outside.url).origin);
  await expect(
    snapshotClient(server.url).follow(...by(6), { space, network: 's', timestamp: now }),
  ).rejects.toMatchObject({ error: 'client_error', error_description: expect.stringMatching(/^not a sequencer/) });
  const graphql = async () => {
    const query = `{ statements { about } users { name } aliases { address } messages { id } }`;
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { data: { messages: unknown[] } }).data;
  };
  await expect.poll(graphql).toMatchObject({
    statements: [{ about: 'a' }],
    users: [{ name: 'Ada' }],
    aliases: [{ address: accountOf(4).address }],
  });
  // A message that comes later is seen, and its block is kept here too.
  const late = (await snapshotClient(outside.url).vote(...by(6), {
    ...{ space, proposal: id, type: 'weighted', choice: { 1: 1 }, timestamp: now + 2 },
  })) as Receipt;
  await expect.poll(async () => (await detail(server))?.voteCount).toBe(4);
  expect((await fetch(`${server.url}/ipfs/${late.ipfs}`)).status).toBe(200);
});

test('what an outside hub invents or changes does not count', async () => {
  const wire = await signEnvelope(world.anvil.wallet(7), {
    kind: 'vote-string',
    message: {
      ...{ space, timestamp: now + 3, proposal: id, choice: '{"1":1}', reason: '', app: '', metadata: '{}' },
    },
  });
  const changed = { ...wire, data: { ...wire.data, message: { ...wire.data.message, choice: '{"2":1}' } } };
  const byStranger = { ...wire, address: accountOf(8).address };
  const forger = await startForger(outside.url, [changed, byStranger, { nonsense: true }]);
  try {
    const server = await following('deceived', forger.url);
    await expect.poll(async () => (await detail(server))?.voteCount).toBe(4);
    await forger.asked(3);
    const found = await detail(server);
    expect(found?.votes.map((vote) => vote.voter)).not.toContain(accountOf(7).address);
    expect(found?.voteCount).toBe(4);
  } finally {
    await forger.close();
  }
});
