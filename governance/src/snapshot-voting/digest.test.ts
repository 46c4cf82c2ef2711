import { Wallet } from '@ethersproject/wallet';
import fc from 'fast-check';
import { concatHex, encodeAbiParameters, hashTypedData, keccak256, sliceHex, stringToHex, hexToNumber } from 'viem';
import type { Address, Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { messageId, typedData } from '../snapshot/envelope.ts';
import { snapshotTypes } from '../snapshot/types.ts';
import type { SnapshotMessage } from '../snapshot/types.ts';
import { snapshotJs } from '../testing/snapshot-js.ts';
import { bindingMessage } from './binding-message.ts';
import { toChainMessage } from './chain-message.ts';
import { hashActions } from './hash-actions.ts';
import { packVote } from './pack-vote.ts';
import { maxTransactionGas, packVotes } from './pack-votes.ts';
import { parsePluginsField, pluginsField } from './plugins-field.ts';

// What the contract does with hashes and masks, written down a second time: both have to give what wallets sign.
const hash = (text: string): Hex => keccak256(stringToHex(text));
const typeHash = (kind: 'proposal' | 'vote', name: string): Hex => {
  const fields = Object.values(snapshotTypes[kind])[0] as readonly { name: string; type: string }[];
  return hash(`${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`);
};
const domainSeparator = keccak256(
  concatHex([hash('EIP712Domain(string name,string version)'), hash('snapshot'), hash('0.1.4')]),
);
const digest = (structHash: Hex): Hex => keccak256(concatHex(['0x1901', domainSeparator, structHash]));
const word = (value: number): Hex => encodeAbiParameters([{ type: 'uint256' }], [BigInt(value)]);
const spelt = (address: Address, casing: number): string =>
  `0x${[...address.toLowerCase().slice(2)].map((d, i) => ((BigInt(casing) >> BigInt(39 - i)) & 1n ? d.toUpperCase() : d)).join('')}`;

function proposalDigest(message: SnapshotMessage<'proposal'>): Hex {
  const m = toChainMessage(message);
  return digest(
    keccak256(
      concatHex([
        typeHash('proposal', 'Proposal'),
        hash(spelt(m.author, m.authorCasing)),
        hash(message.space),
        word(m.timestamp),
        hash(m.voteType === 0 ? 'single-choice' : 'basic'),
        m.title,
        m.body,
        m.discussion,
        keccak256(concatHex(m.choices)),
        keccak256(m.labels.length === 0 ? '0x' : concatHex(m.labels)),
        word(m.start),
        word(m.end),
        word(m.snapshot),
        hash(message.plugins),
        hash(''),
        m.app,
      ]),
    ),
  );
}

function voteDigest(packed: Hex, space: string, proposal: Hex): { digest: Hex; signature: Hex } {
  const flags = hexToNumber(sliceHex(packed, 31, 32));
  let offset = 32;
  const next = (bit: number, usual: string): Hex => {
    if (!(flags & bit)) return hash(usual);
    offset += 32;
    return sliceHex(packed, offset - 32, offset);
  };
  const [reason, app, metadata] = [next(1, ''), next(2, ''), next(4, '{}')];
  const structHash = keccak256(
    concatHex([
      typeHash('vote', 'Vote'),
      hash(spelt(sliceHex(packed, 0, 20), hexToNumber(sliceHex(packed, 20, 25)))),
      hash(space),
      word(hexToNumber(sliceHex(packed, 25, 30))),
      hash(proposal),
      word(hexToNumber(sliceHex(packed, 30, 31))),
      reason,
      app,
      metadata,
    ]),
  );
  return { digest: digest(structHash), signature: sliceHex(packed, offset) };
}

const deployment = { chainId: 31337, snapshotVoting: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const;
const actions = [{ to: deployment.snapshotVoting, value: 7n, data: '0xabcdef' }] as const;
const wallet = new Wallet(`0x${'3c'.repeat(32)}`);
const texts = { title: 'Wider shards', body: 'A *body* with ünïcode 树', discussion: 'https://forum.example/7' };
const message = (more: Partial<Parameters<typeof bindingMessage>[0]> = {}) =>
  bindingMessage({
    deployment,
    space: 'covey.eth',
    actions,
    author: wallet.address as Address,
    ...texts,
    start: 1_700_000_000,
    end: 1_700_003_600,
    snapshot: 17,
    timestamp: 1_699_999_000,
    ...more,
  });

test.each([
  ['basic', message()],
  ['single choice', message({ type: 'single-choice', choices: ['Approve', 'Later', 'Never'], labels: ['a', ''] })],
])('the digest that the contract computes of a %s proposal is what viem and snapshot.js hash', (_type, signed) => {
  const id = messageId({ kind: 'proposal', message: signed });
  expect(proposalDigest(signed)).toBe(id);
  expect(hashTypedData(typedData('proposal', signed))).toBe(id);
  const { domain, types } = typedData('proposal', signed);
  expect(snapshotJs.utils.getHash({ domain, types, message: signed } as never)).toBe(id);
});

test('the plugins field is read back as it was written, and nothing else is', () => {
  const actionsHash = hashActions(actions);
  const text = pluginsField(deployment, actionsHash);
  expect(text).toBe(
    `{"covey":{"chainId":"31337","plugin":"0x5fbdb2315678afecb367f032d93f642f64180aa3","actions":"${actionsHash}"}}`,
  );
  expect(parsePluginsField(text)).toEqual({
    chainId: 31337,
    plugin: deployment.snapshotVoting.toLowerCase(),
    actionsHash,
  });
  for (const other of ['', '{}', ` ${text}`, text.replace('0x5fb', '0x5FB'), text.replace('"31337"', '31337')]) {
    expect(parsePluginsField(other)).toBeUndefined();
  }
});

test.each([
  ['no actions', { actions: [] }],
  ['other choices than a basic vote has', { choices: ['Yes', 'No'] }],
  ['one choice', { type: 'single-choice' as const, choices: ['Yes'] }],
  ['an end before the start', { end: 1 }],
])('refuses a proposal with %s', (_what, change) => {
  expect(() => message(change)).toThrowError(expect.objectContaining({ code: 'GOV_NOT_BINDABLE' }) as Error);
});

test.each([
  ['weighted', { type: 'weighted' }],
  ['shielded', { privacy: 'shutter' }],
  ['unbound', { plugins: '{}' }],
  ['timeless', { end: 2 ** 41 }],
])('brings no %s proposal on chain', (_what, change) => {
  expect(() => toChainMessage({ ...message(), ...change })).toThrowError(
    expect.objectContaining({ code: 'GOV_NOT_BINDABLE' }) as Error,
  );
});

test('a deployment without the plugin binds nothing', () => {
  expect(() => message({ deployment: { chainId: 1, snapshotVoting: undefined } })).toThrowError(
    expect.objectContaining({ code: 'GOV_PLUGIN_MISSING' }) as Error,
  );
});

const proposal = messageId({ kind: 'proposal', message: message() });
const signedVote = async (key: Hex, change: Partial<SnapshotMessage<'vote'>> = {}) => {
  const account = privateKeyToAccount(key);
  const vote: SnapshotMessage<'vote'> = {
    from: account.address,
    space: 'covey.eth',
    timestamp: 1_700_000_007,
    proposal,
    choice: 1,
    reason: '',
    app: '',
    metadata: '{}',
    ...change,
  };
  const signature = await account.signTypedData(typedData('vote', vote) as never);
  return { kind: 'vote' as const, address: account.address, signature, message: vote };
};

test('any vote that a key signs is packed into the digest that was signed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        choice: fc.integer({ min: 0, max: 255 }),
        timestamp: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
        reason: fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme' })),
        app: fc.constantFrom('', 'covey', 'snapshot-v2'),
        metadata: fc.constantFrom('{}', '', '{"a":1}'),
      }),
      async (change) => {
        const vote = await signedVote(generatePrivateKey(), change);
        const packed = packVote(vote);
        const read = voteDigest(packed, 'covey.eth', proposal);
        expect(read.digest).toBe(messageId(vote));
        expect(read.signature.length).toBe(2 + 2 * 64);
      },
    ),
    { numRuns: 50, seed: 7 },
  );
});

test('a wallet that is a contract has its signature carried whole, with its length', async () => {
  const vote = { ...(await signedVote(generatePrivateKey())), scheme: 'erc1271' as const };
  expect(voteDigest(packVote(vote), 'covey.eth', proposal).signature).toBe(concatHex(['0x0041', vote.signature]));
  expect(voteDigest(packVote({ ...vote, signature: '0x' }), 'covey.eth', proposal).signature).toBe('0x0000');
});

test('a vote by an alias is not packed', async () => {
  const vote = await signedVote(generatePrivateKey());
  expect(() => packVote({ ...vote, address: wallet.address as Address })).toThrowError(/alias/);
});

test('a thousand votes are cut into batches that keep their order and fit into transactions', async () => {
  const vote = await signedVote(generatePrivateKey(), { reason: 'because' });
  const votes = Array.from({ length: 1_000 }, (_, choice) => ({
    ...vote,
    message: { ...vote.message, choice: choice % 256 },
  }));
  const batches = packVotes(votes);
  expect(batches.flatMap((batch) => batch.votes)).toEqual(votes);
  expect(batches.length).toBeLessThanOrEqual(4);
  for (const { packed, votes: inside } of batches) {
    expect(packed).toBe(concatHex(inside.map(packVote)));
    expect(BigInt(inside.length) * 35_000n).toBeLessThan(maxTransactionGas);
    expect(packed.length / 2 - 1).toBeLessThan(128 * 1024);
  }
  const wordy = votes.map((one) => ({
    ...one,
    scheme: 'erc1271' as const,
    signature: `0x${'ab'.repeat(4_096)}` as const,
  }));
  const large = packVotes(wordy);
  expect(large.flatMap((batch) => batch.votes)).toEqual(wordy);
  expect(Math.max(...large.map(({ packed }) => packed.length / 2 - 1))).toBeLessThan(128 * 1024);
  expect(packVotes([])).toEqual([]);
});
