import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { signEnvelope } from '@covey/governance';
import { snapshotJs } from '@covey/governance/testing/snapshot';
import { parse } from 'graphql';
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
    timestamp: now,
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

const detail = () => read(server, endpoints.snapshotProposal, { params: { digest: proposalId } });

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
    const at = now + 5;
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
    await expect(cast(4, 1, { timestamp: now - 4 * 86_400 })).rejects.toMatchObject(refused(/too old/));
    const { wallet, address } = signer(1);
    const propose = (change: object) => client().proposal(wallet as never, address, { ...draft(), ...change });
    await expect(propose({ snapshot: snapshot + 1000 })).rejects.toMatchObject(refused(/mined block/));
    await expect(propose({ end: now - 20 })).rejects.toMatchObject(refused(/end/));
    await expect(propose({ start: now - 600 })).rejects.toMatchObject(refused(/^invalid start date/));
    await expect(propose({ type: 'copeland' })).rejects.toMatchObject(refused(/unknown voting type copeland/));
    await expect(propose({ privacy: 'shutter' })).rejects.toMatchObject(refused(/shutter/));
    await expect(propose({ choices: ['A', 'A'] })).rejects.toMatchObject(refused(/two choices are the same/));
    await expect(propose({ choices: ['A', ' '] })).rejects.toMatchObject(refused(/a choice needs/));
    await expect(propose({ type: 'basic' })).rejects.toMatchObject(refused(/^wrong choices for basic type voting/));
    await expect(propose({ plugins: '[]' })).rejects.toMatchObject(refused(/plugins is no JSON object/));
    await expect(propose({ title: '' })).rejects.toMatchObject(refused(/title/));
  });

  test('texts that are long, many labels', async () => {
    const { wallet, address } = signer(1);
    const propose = (change: object) => client().proposal(wallet as never, address, { ...draft(), ...change });
    await expect(propose({ body: 'x'.repeat(20_001) })).rejects.toMatchObject(refused(/body has more than 20000/));
    await expect(propose({ discussion: 'é'.repeat(1025) })).rejects.toMatchObject(refused(/^discussion has more/));
    await expect(propose({ discussion: 'javascript:alert(1)' })).rejects.toMatchObject(refused(/discussion has to be/));
    await expect(propose({ app: 'x'.repeat(25) })).rejects.toMatchObject(refused(/app has to be at most 24/));
    await expect(propose({ plugins: 'x'.repeat(8193) })).rejects.toMatchObject(refused(/^plugins has more than 8192/));
    await expect(propose({ labels: [...'abcdefghijk'] })).rejects.toMatchObject(refused(/at most 10 labels/));
    await expect(propose({ labels: ['a', 'a'] })).rejects.toMatchObject(refused(/a label is given twice/));
    await expect(propose({ labels: ['x'.repeat(9)] })).rejects.toMatchObject(refused(/1 to 8 letters/));
    await expect(cast(4, 1, { metadata: 'x'.repeat(2001) })).rejects.toMatchObject(refused(/^too large metadata/));
    await expect(cast(4, 1, { reason: 'é'.repeat(5001) })).rejects.toMatchObject(refused(/reason has more than 5000/));
    await expect(cast(4, 1, { app: 'x'.repeat(25) })).rejects.toMatchObject(refused(/app has more/));
    const response = await fetch(`${server.url}/api/msg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...(await signEnvelope(world.anvil.wallet(4), {
          kind: 'follow',
          message: { network: 's', space: 'covey.eth', timestamp: now },
        })),
        sig: `0x${'00'.repeat(4097)}`,
      }),
    });
    expect(await response.json()).toMatchObject(refused(/^the signature has more/));
  });

  test('more than ten open proposals of one author', async () => {
    const { wallet, address } = signer(6);
    const propose = (title: string) => client().proposal(wallet as never, address, { ...draft(), title });
    for (let i = 0; i < 10; i++) await propose(`Number ${i}`);
    await expect(propose('One more')).rejects.toMatchObject(refused(/^active proposal limit reached/));
    const other = signer(7);
    await client().proposal(other.wallet as never, other.address, { ...draft(), title: 'Of another' });
  });

  test('duplicates, forged signers and changed messages', async () => {
    const wallet = world.anvil.wallet(4);
    const message = {
      from: wallet.account.address,
      space: 'covey.eth',
      timestamp: now,
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
      body: refused(/^signature validation failed/),
    });
    expect(await post({ nonsense: true })).toMatchObject({ status: 400, body: { error: 'client_error' } });
    expect(await post(wire)).toMatchObject({ status: 200 });
    expect(await post(wire)).toMatchObject({ status: 400, body: refused('duplicate message') });
  });
});

describe('queries that ask for too much', () => {
  const ask = async (query: string) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return { status: response.status, body: (await response.json()) as object };
  };
  const refusal = (message: RegExp) => ({ errors: [{ message: expect.stringMatching(message) }] });
  const aliased = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: spaces { id }`).join(' ');

  test('fields at the root are counted, through fragments too', async () => {
    expect((await ask(`{ ${aliased(20)} }`)).status).toBe(200);
    const many = await ask(`{ ${aliased(21)} }`);
    expect(many.status).toBe(400);
    expect(many.body).toMatchObject(refusal(/at most 20 fields at its root; this one has 21/));
    const spread = `query { ...A ... { b: spaces { id } } } fragment A on Query { ...B ...B } fragment B on Query`;
    expect((await ask(`${spread} { ${aliased(19)} }`)).status).toBe(200);
    expect((await ask(`${spread} { ${aliased(20)} }`)).body).toMatchObject(refusal(/this one has 21/));
  });

  test('long ones are not parsed, and syntax trees are not taken in their place', async () => {
    const long = await ask(`{ spaces { ${'id '.repeat(1000)} } }`);
    expect(long.status).toBe(400);
    expect(long.body).toMatchObject(refusal(/tokens/));
    const tree = await ask(JSON.stringify(parse('{ spaces { id } }')));
    expect(tree.status).toBe(400);
    expect(tree.body).toMatchObject(refusal(/no GraphQL text/));
  });
});

test('messages survive a restart, broken lines and a half-written last one do not disturb, and scores become final', async () => {
  const before = await detail();
  await server.close();
  const log = join(world.directory, 'data', 'hub', 'messages.jsonl');
  const [first = '', ...others] = (await readFile(log, 'utf8')).split('\n');
  const changed = first.replace('Name the first model', 'Name the last model');
  expect(changed).not.toBe(first);
  await writeFile(log, [first, '{"id":"0x{"id":"0x12"}', changed, ...others].join('\n'));
  await appendFile(log, '{"id":"0x12');
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
