import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { snapshotJs } from '../testing/snapshot-js.ts';
import { Wallet } from '@ethersproject/wallet';
import { createWalletClient, custom, getAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageId, parseEnvelope, wireEnvelope } from './envelope.ts';
import { signEnvelope } from './sign.ts';
import { snapshotDomain, snapshotTypes } from './types.ts';
import type { SnapshotKind } from './types.ts';
import { verifyEnvelope } from './verify.ts';

const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const wallet = new Wallet(key);
const stranger = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const space = 'covey';
const proposalId = `0x${'ab'.repeat(32)}`;

/** What the real client posts, as it arrives over HTTP: the last body. */
let posted: unknown;
let url: string;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    posted = JSON.parse(body);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ id: '0x', ipfs: '', relayer: { address: '', receipt: '' } }));
  });
});
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const proposal = {
  space,
  type: 'single-choice' as const,
  title: 'Wider shards',
  body: 'A *body* with ünïcode 树',
  discussion: '',
  choices: ['Yes', 'No'],
  labels: [],
  start: 1_700_000_000,
  end: 1_700_003_600,
  snapshot: 17,
  plugins: '{}',
  app: 'covey',
};

type RealClient = InstanceType<typeof snapshotJs.Client712>;
const posts: [SnapshotKind, string, (client: RealClient) => Promise<unknown>][] = [
  ['proposal', 'a proposal', (c) => c.proposal(wallet as never, wallet.address, { ...proposal })],
  [
    'vote',
    'a single-choice vote',
    (c) =>
      c.vote(wallet as never, wallet.address, {
        space,
        proposal: proposalId,
        type: 'single-choice',
        choice: 1,
        reason: 'why not',
      }),
  ],
  [
    'vote',
    'a basic vote',
    (c) => c.vote(wallet as never, wallet.address, { space, proposal: proposalId, type: 'basic', choice: 3 }),
  ],
  [
    'vote-array',
    'an approval vote',
    (c) => c.vote(wallet as never, wallet.address, { space, proposal: proposalId, type: 'approval', choice: [1, 3] }),
  ],
  [
    'vote-array',
    'a ranked vote',
    (c) =>
      c.vote(wallet as never, wallet.address, { space, proposal: proposalId, type: 'ranked-choice', choice: [2, 1] }),
  ],
  [
    'vote-string',
    'a weighted vote',
    (c) =>
      c.vote(wallet as never, wallet.address, {
        space,
        proposal: proposalId,
        type: 'weighted',
        choice: { 1: 3, 2: 1 },
      }),
  ],
  [
    'vote-string',
    'a quadratic vote',
    (c) =>
      c.vote(wallet as never, wallet.address, { space, proposal: proposalId, type: 'quadratic', choice: { 2: 1 } }),
  ],
  [
    'delete-proposal',
    'a cancellation',
    (c) => c.cancelProposal(wallet as never, wallet.address, { space, proposal: proposalId }),
  ],
  ['flag-proposal', 'a flag', (c) => c.flagProposal(wallet as never, wallet.address, { space, proposal: proposalId })],
  [
    'update-proposal',
    'an update',
    (c) =>
      c.updateProposal(wallet as never, wallet.address, {
        space,
        proposal: proposalId,
        type: 'basic',
        title: 't',
        body: 'b',
        discussion: '',
        choices: ['For', 'Against', 'Abstain'],
        labels: [],
        plugins: '{}',
      }),
  ],
  ['settings', 'a space', (c) => c.space(wallet as never, wallet.address, { space, settings: '{}' })],
  ['follow', 'a follow', (c) => c.follow(wallet as never, wallet.address, { network: 's', space })],
  ['unfollow', 'an unfollow', (c) => c.unfollow(wallet as never, wallet.address, { network: 's', space })],
  ['subscribe', 'a subscription', (c) => c.subscribe(wallet as never, wallet.address, { space })],
  ['unsubscribe', 'an unsubscription', (c) => c.unsubscribe(wallet as never, wallet.address, { space })],
  ['profile', 'a profile', (c) => c.profile(wallet as never, wallet.address, { profile: '{}' })],
  [
    'statement',
    'a statement',
    (c) =>
      c.statement(wallet as never, wallet.address, {
        space,
        about: 'a',
        statement: 's',
        discourse: '',
        status: 'ACTIVE',
        network: 's',
      }),
  ],
  ['alias', 'an alias', (c) => c.alias(wallet as never, wallet.address, { alias: stranger.address })],
  ['delete-space', 'the end of a space', (c) => c.deleteSpace(wallet as never, wallet.address, { space })],
];

const vote = async (): Promise<Record<string, unknown> & { data: { message: Record<string, unknown> } }> => {
  await new snapshotJs.Client712(url).vote(wallet as never, wallet.address, {
    space,
    proposal: proposalId,
    type: 'single-choice',
    choice: 1,
  });
  return structuredClone(posted) as never;
};

describe('messages of the real snapshot.js client', () => {
  test.each(posts)('%s: verifies %s and finds its id', async (kind, _what, post) => {
    await post(new snapshotJs.Client712(url));
    const wire = structuredClone(posted) as { data: { domain: never; types: never; message: never } };
    const verified = await verifyEnvelope({ envelope: parseEnvelope(wire) });
    expect(verified.kind).toBe(kind);
    expect(verified.scheme).toBe('key');
    expect(verified.message.from).toBe(wallet.address);
    expect(verified.id).toBe(snapshotJs.utils.getHash(wire.data));
    expect(JSON.parse(JSON.stringify(wireEnvelope(verified)))).toEqual(wire);
  });

  test('every kind that we know is covered above', () => {
    expect(new Set(posts.map(([kind]) => kind))).toEqual(new Set(Object.keys(snapshotTypes)));
  });
});

describe('signEnvelope', () => {
  test('gives byte for byte what snapshot.js posts', async () => {
    const account = privateKeyToAccount(key);
    const client = createWalletClient({
      account,
      transport: custom({ request: () => Promise.reject(new Error('no chain')) }),
    });
    const timestamp = 1_700_000_001;
    await new snapshotJs.Client712(url).proposal(wallet as never, wallet.address, { ...proposal, timestamp });
    const ours = await signEnvelope(client, { kind: 'proposal', message: { ...proposal, privacy: '', timestamp } });
    expect(JSON.parse(JSON.stringify(ours))).toEqual(posted);
  });
});

describe('refusals', () => {
  const codeOf = async (wire: unknown): Promise<string> => {
    try {
      await verifyEnvelope({ envelope: parseEnvelope(wire) });
      return 'accepted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test('a changed field breaks the signature', async () => {
    const wire = await vote();
    expect(await codeOf(wire)).toBe('accepted');
    wire.data.message.choice = 2;
    expect(await codeOf(wire)).toBe('GOV_ENVELOPE_SIGNATURE');
  });

  test('the signature of somebody else', async () => {
    const wire = await vote();
    const other = await signEnvelope(
      createWalletClient({
        account: stranger,
        transport: custom({ request: () => Promise.reject(new Error('no chain')) }),
      }),
      { kind: 'vote', message: { ...wire.data.message } as never },
    );
    expect(await codeOf({ ...wire, sig: other.sig })).toBe('GOV_ENVELOPE_SIGNATURE');
  });

  test('one address signing in the name of another, unless the caller allows aliases', async () => {
    const wire = await vote();
    const named = { ...wire, address: stranger.address };
    expect(await codeOf(named)).toBe('GOV_ENVELOPE_SIGNER');
    await expect(verifyEnvelope({ envelope: parseEnvelope(named), allowAlias: true })).rejects.toMatchObject({
      code: 'GOV_ENVELOPE_SIGNATURE',
    });
  });

  test('the mirrored twin of a signature', async () => {
    const wire = await vote();
    const sig = wire.sig as string;
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = (order - BigInt(`0x${sig.slice(66, 130)}`)).toString(16).padStart(64, '0');
    const v = sig.endsWith('1b') ? '1c' : '1b';
    expect(await codeOf({ ...wire, sig: `${sig.slice(0, 66)}${s}${v}` })).toBe('GOV_ENVELOPE_SIGNATURE');
  });

  test.each([
    ['no object', () => null, 'GOV_ENVELOPE_MALFORMED'],
    ['no data', (w: never) => ({ ...(w as object), data: undefined }), 'GOV_ENVELOPE_MALFORMED'],
    [
      'an empty signature without a chain to ask',
      (w: never) => ({ ...(w as object), sig: '0x' }),
      'GOV_ENVELOPE_SIGNATURE',
    ],
    ['an odd signature', (w: never) => ({ ...(w as object), sig: '0x123' }), 'GOV_ENVELOPE_MALFORMED'],
    [
      'a signature of noise',
      (w: never) => ({ ...(w as object), sig: `0x${'ff'.repeat(65)}` }),
      'GOV_ENVELOPE_SIGNATURE',
    ],
  ])('%s', async (_what, change, code) => {
    expect(await codeOf(change((await vote()) as never))).toBe(code);
  });

  test.each([
    ['a field that is not signed', { extra: 1 }, 'GOV_ENVELOPE_MALFORMED'],
    ['a fractional choice', { choice: 1.5 }, 'GOV_ENVELOPE_MALFORMED'],
    ['a choice as text', { choice: '1' }, 'GOV_ENVELOPE_MALFORMED'],
    ['a negative time', { timestamp: -1 }, 'GOV_ENVELOPE_MALFORMED'],
    ['a time beyond exact numbers', { timestamp: 2 ** 53 }, 'GOV_ENVELOPE_MALFORMED'],
    ['a missing field', { reason: undefined }, 'GOV_ENVELOPE_MALFORMED'],
    ['an address in lower case', { from: wallet.address.toLowerCase() }, 'GOV_ENVELOPE_MALFORMED'],
  ])('%s in the message', async (_what, fields, code) => {
    const wire = await vote();
    Object.assign(wire.data.message, fields);
    expect(await codeOf(JSON.parse(JSON.stringify(wire)))).toBe(code);
  });

  test('another domain, also one with a chain', async () => {
    for (const domain of [{ name: 'snapshot', version: '0.1.3' }, { ...snapshotDomain, chainId: 1 }, {}]) {
      const wire = await vote();
      expect(await codeOf({ ...wire, data: { ...wire.data, domain } })).toBe('GOV_ENVELOPE_DOMAIN');
    }
  });

  test('unknown types and reordered fields', async () => {
    const wire = await vote();
    for (const types of [{}, { Vote: [...snapshotTypes.vote.Vote].reverse() }, { ...snapshotTypes.vote, More: [] }]) {
      expect(await codeOf({ ...wire, data: { ...wire.data, types } })).toBe('GOV_ENVELOPE_TYPE');
    }
  });
});

test('the id does not depend on the order of the JSON', async () => {
  const wire = await vote();
  const envelope = parseEnvelope(wire);
  const reversed = Object.fromEntries(Object.entries(wire.data.message).reverse());
  expect(messageId(parseEnvelope({ ...wire, data: { ...wire.data, message: reversed } }))).toBe(messageId(envelope));
  expect(envelope.address).toBe(getAddress(wallet.address));
});
