import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { signEnvelope } from '@covey/governance';
import { snapshotJs } from '@covey/governance/testing/snapshot';
import { parseEther, toHex } from 'viem';
import type { Hex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { testMnemonic } from '@covey/governance/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import { listen } from '../testing/live-client.ts';
import { createWorld, read } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let server: CoveyServer;
let proposalId: string;
let now: number;
let snapshot: number;

beforeAll(async () => {
  world = await createWorld();
  server = await world.serve();
  await world.anvil.advance(1);
  await server.caughtUp();
  const block = await world.anvil.publicClient.getBlock();
  now = Number(block.timestamp);
  snapshot = Number(block.number) - 1;
});
afterAll(() => world.close());

/** The signer that snapshot.js expects (ethers'), made from the account of a test key. */
function signer(account: number) {
  const { address } = world.anvil.accounts[account] as { address: Hex };
  const key = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey().privateKey as Uint8Array;
  const wallet = new snapshotWallet(toHex(key));
  return { wallet, address };
}
const { Wallet: snapshotWallet } = await import('@ethersproject/wallet');

const client = () => new snapshotJs.Client712(`${server.url}/snapshot`);

const draft = () => ({
  space: 'covey.eth',
  type: 'single-choice' as const,
  title: 'Name the first model',
  body: 'Which *name*?',
  discussion: '',
  choices: ['Iris', 'Ada', 'None'],
  labels: [],
  start: now - 10,
  end: now + 3600,
  snapshot,
  plugins: '{}',
  app: 'covey',
});

async function cast(account: number, choice: unknown, extra: object = {}) {
  const { wallet, address } = signer(account);
  return client().vote(wallet as never, address, {
    space: 'covey.eth',
    proposal: proposalId,
    type: 'single-choice',
    choice: choice as never,
    reason: '',
    app: 'covey',
    ...extra,
  } as never) as Promise<{ id: string; ipfs: string }>;
}

async function query(text: string): Promise<Record<string, never>> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, never>; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

const detail = () => read(server, endpoints.snapshotProposal, endpoints.snapshotProposal.path(proposalId));

describe('the real snapshot.js client', () => {
  test('makes a proposal, whose message is pinned', async () => {
    const live = listen(server.url);
    const { wallet, address } = signer(1);
    const receipt = (await client().proposal(wallet as never, address, draft())) as { id: string; ipfs: string };
    proposalId = receipt.id;
    const pinned = (await (await fetch(`${server.url}/ipfs/${receipt.ipfs}`)).json()) as { hash: string };
    expect(pinned.hash).toBe(proposalId);
    await live.until((messages) => messages.some(({ data }) => data.keys.includes('snapshot/proposals')));
    await live.stop();
  });

  test('votes; a later vote of the same voter counts in place of the earlier one', async () => {
    const at = Math.floor(Date.now() / 1000);
    await cast(1, 1, { timestamp: at });
    await cast(2, 2, { timestamp: at });
    await cast(2, 1, { timestamp: at + 1 });
    await expect(cast(2, 3, { timestamp: at - 1 })).rejects.toMatchObject({
      error_description: 'already voted at later time',
    });
    const found = await detail();
    expect(found.scores).toEqual([2_000_000, 0, 0]);
    expect(found.voteCount).toBe(2);
    expect(found.scoresState).toBe('pending');
  });

  test('is answered by GraphQL as by a hub of Snapshot', async () => {
    const text = `{
      space(id: "covey.eth") { id network strategies { name } }
      proposals(first: 5, where: { space: "covey.eth", state: "active" }) { id title choices scores votes author }
      votes(where: { proposal: "${proposalId}" }) { voter choice vp proposal { id } }
      vp(voter: "${world.anvil.accounts[1]?.address}", space: "covey.eth", proposal: "${proposalId}") { vp vp_by_strategy }
    }`;
    const data = await query(text);
    // The second time the query is compiled, which calls resolvers differently.
    expect(await query(text)).toEqual(data);
    expect(await query(text)).toEqual(data);
    expect(data).toMatchObject({
      space: { id: 'covey.eth', strategies: [{ name: 'erc20-votes' }] },
      proposals: [{ id: proposalId, scores: [2_000_000, 0, 0], votes: 2, choices: ['Iris', 'Ada', 'None'] }],
      vp: { vp: 1_000_000, vp_by_strategy: [1_000_000] },
    });
    expect(data.votes).toHaveLength(2);
  });

  test('power is that of the snapshot block, whatever happened since', async () => {
    await world.send(3, world.deployment.token, coveyTokenAbi, 'transfer', [
      world.anvil.accounts[9]?.address,
      parseEther('999999'),
    ]);
    await server.caughtUp();
    await cast(3, 2);
    expect((await detail()).scores).toEqual([2_000_000, 1_000_000, 0]);
  });
});

describe('what the hub refuses, in the shape of Snapshot', () => {
  const refused = (description: string | RegExp) => ({
    error: 'client_error',
    error_description: typeof description === 'string' ? description : expect.stringMatching(description),
  });

  test('choices out of range, unknown proposals and spaces, no power', async () => {
    await expect(cast(4, 4)).rejects.toMatchObject(refused(/^invalid choice/));
    await expect(cast(4, 0)).rejects.toMatchObject(refused(/^invalid choice/));
    await expect(cast(4, 1, { proposal: `0x${'ab'.repeat(32)}` })).rejects.toMatchObject(refused('unknown proposal'));
    await expect(cast(4, 1, { space: 'other.eth' })).rejects.toMatchObject(refused('unknown space'));
    await expect(cast(30, 1)).rejects.toMatchObject(refused('no voting power'));
  });

  test('times in the future or the past, blocks that are not mined', async () => {
    await expect(cast(4, 1, { timestamp: now + 10_000 })).rejects.toMatchObject(refused(/in the future/));
    await expect(cast(4, 1, { timestamp: now - 10_000 })).rejects.toMatchObject(refused(/too old/));
    const { wallet, address } = signer(1);
    const propose = (change: object) => client().proposal(wallet as never, address, { ...draft(), ...change });
    await expect(propose({ snapshot: snapshot + 1000 })).rejects.toMatchObject(refused(/mined block/));
    await expect(propose({ end: now - 20 })).rejects.toMatchObject(refused(/end/));
    await expect(propose({ type: 'quadratic' })).rejects.toMatchObject(refused(/quadratic/));
    await expect(propose({ title: '' })).rejects.toMatchObject(refused(/title/));
  });

  test('duplicates, forged signers and changed messages', async () => {
    const wallet = world.anvil.wallet(4);
    const message = {
      from: wallet.account.address,
      space: 'covey.eth',
      timestamp: Math.floor(Date.now() / 1000),
      proposal: proposalId,
      choice: 3,
      reason: '',
      app: '',
      metadata: '{}',
    };
    const wire = await signEnvelope(wallet, { kind: 'vote', message });
    const post = async (body: unknown) => {
      const response = await fetch(`${server.url}/api/msg`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    const changed = { ...wire, data: { ...wire.data, message: { ...wire.data.message, choice: 1 } } };
    expect(await post(changed)).toMatchObject({ status: 400, body: refused(/signature/) });
    expect(await post({ ...wire, address: world.anvil.accounts[5]?.address })).toMatchObject({
      status: 400,
      body: refused(/another address/),
    });
    expect(await post({ nonsense: true })).toMatchObject({ status: 400, body: { error: 'client_error' } });
    expect(await post(wire)).toMatchObject({ status: 200 });
    expect(await post(wire)).toMatchObject({ status: 400, body: refused('duplicate message') });
  });
});

test('messages survive a restart, a half-written last line does not disturb, and scores become final', async () => {
  const before = await detail();
  await server.close();
  await appendFile(join(world.directory, 'data', 'hub', 'messages.jsonl'), '{"id":"0x12');
  server = await world.serve();
  await server.caughtUp();
  expect(await detail()).toEqual(before);
  await cast(5, 2);
  await world.anvil.advance(4000);
  await server.caughtUp();
  const after = await detail();
  expect(after).toMatchObject({ state: 'closed', scoresState: 'final', voteCount: 5 });
  expect(after.scores).toEqual([2_000_000, 2_000_000, 1_000_000]);
  await expect(cast(6, 1)).rejects.toMatchObject({ error_description: 'not in voting window' });
});
