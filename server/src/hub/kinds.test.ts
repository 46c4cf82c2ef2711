import { coveyTokenAbi, daoAbi } from '@covey/contracts/abi';
import { encodeAbiParameters, encodeFunctionData, getAddress, keccak256, parseEther, toHex, zeroAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import { contractSigner, ethersSigner, snapshotClient, viemSigner } from '../testing/snapshot-client.ts';
import type { RealClient, Receipt } from '../testing/snapshot-client.ts';
import { createWorld, read } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const space = 'covey.eth';
const choices = ['Iris', 'Ada', 'Grace'];
const MODERATOR = 7;

let world: World;
let server: CoveyServer;
let client: RealClient;
let snapshot: number;
/** The chain's time, and a second more for every message, so that none is a duplicate. */
let now: number;

beforeAll(async () => {
  world = await createWorld();
  server = await world.serve({ snapshot: { moderators: [addressOf(MODERATOR)] } });
  client = snapshotClient(server.url);
  await world.anvil.advance(1);
  snapshot = Number(await world.anvil.publicClient.getBlockNumber()) - 1;
});
afterAll(() => world.close());
beforeEach(async () => {
  await server.caughtUp();
  now = Number((await world.anvil.publicClient.getBlock()).timestamp);
});

const addressOf = (account: number): Address => {
  const { address } = world.anvil.accounts[account] as { address: Address };
  return address;
};
const ethers = (account: number) => [ethersSigner(account), addressOf(account)] as const;
const viem = (account: number) => {
  const signer = world.anvil.accounts[account];
  if (signer === undefined) throw new Error('no such account');
  return [viemSigner(signer), signer.address] as const;
};
const refused = (description: RegExp) => ({
  error: 'client_error',
  error_description: expect.stringMatching(description),
});

const draft = (change: object = {}) => ({
  space,
  type: 'single-choice' as const,
  title: 'Name the first model',
  body: 'Which?',
  discussion: '',
  choices,
  labels: [],
  start: now - 10,
  end: now + 3600,
  snapshot,
  plugins: '{}',
  app: 'covey',
  timestamp: now,
  ...change,
});
const propose = async (change: object = {}, [signer, address] = ethers(1)) =>
  (await client.proposal(signer, address, draft(change) as never)) as Receipt;
const vote = async (by: ReturnType<typeof ethers>, proposal: string, type: string, choice: unknown, change = {}) =>
  (await client.vote(by[0], by[1], {
    space,
    proposal,
    type: type as never,
    choice: choice as never,
    reason: 'because',
    timestamp: now,
    ...change,
  })) as Receipt;
const detail = (id: string) => read(server, endpoints.snapshotProposal, { params: { digest: id } });
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

describe('votes of every type, by signers of ethers and of viem', () => {
  const million = 1_000_000;
  test.each([
    ['single-choice', choices, 1, 2, [million, million, 0], 4],
    ['basic', ['For', 'Against', 'Abstain'], 3, 3, [0, 0, 2 * million], 0],
    ['approval', choices, [1, 3], [3], [million, 0, 2 * million], [1, 1]],
    ['ranked-choice', choices, [2, 1, 3], [3, 2, 1], [0, million, million], [1, 2]],
    ['weighted', choices, { 1: 1, 2: 3 }, { 2: 1 }, [million / 4, 1.75 * million, 0], { 4: 1 }],
    ['quadratic', choices, { 1: 1, 2: 1 }, { 3: 2 }, [million / 2, million / 2, million], { 1: -1 }],
  ])('%s', async (type, names, first, second, scores, bad) => {
    const { id } = await propose({ type, choices: names, title: `A ${type} vote` });
    const cast = await vote(ethers(2), id, type, first);
    await vote(viem(3), id, type, second);
    const found = await detail(id);
    expect(found).toMatchObject({ type, scores, scoresTotal: 2 * million, voteCount: 2 });
    expect(found.votes.find((one) => one.id === cast.id)).toMatchObject({ choice: first, reason: 'because' });
    // The same votes as the interface of Snapshot sees them, and the block that everybody can verify them from.
    const { votes } = await query(`{ votes(where: { proposal: "${id}", voter: "${addressOf(2)}" }) { id choice vp } }`);
    expect(votes).toEqual([{ id: cast.id, choice: first, vp: million }]);
    const pinned = (await (await fetch(`${server.url}/ipfs/${cast.ipfs}`)).json()) as { hash: string; address: string };
    expect(pinned).toMatchObject({ hash: cast.id, address: addressOf(2) });
    await expect(vote(ethers(4), id, type, bad)).rejects.toMatchObject(refused(/^invalid choice/));
  });

  test('a kind that is not the type’s own is refused', async () => {
    const { id } = await propose({ title: 'Of another kind' }, ethers(0));
    await expect(vote(ethers(2), id, 'approval', [1])).rejects.toMatchObject(
      refused(/single-choice proposal takes messages of the type vote$/),
    );
    await expect(vote(ethers(2), id, 'weighted', { 1: 1 })).rejects.toMatchObject(refused(/^invalid choice/));
  });

  test('signed for a time outside the voting period, it is refused as the plugin on chain would', async () => {
    const { id } = await propose({ title: 'Times', start: now, end: now + 100 }, ethers(0));
    await expect(vote(ethers(2), id, 'single-choice', 1, { timestamp: now - 1 })).rejects.toMatchObject(
      refused(/^not in voting window: the vote is signed for/),
    );
    await expect(vote(ethers(2), id, 'single-choice', 1, { timestamp: now + 101 })).rejects.toMatchObject(
      refused(/^not in voting window: the vote is signed for/),
    );
    await vote(ethers(2), id, 'single-choice', 1, { timestamp: now });
    await vote(ethers(3), id, 'single-choice', 1, { timestamp: now + 100 });
  });

  test('of two votes in the same second the larger id counts, whichever comes first', async () => {
    const { id } = await propose({ title: 'Same second' }, ethers(0));
    const other = await propose({ title: 'Same second, the other way round' }, ethers(0));
    const cast = (proposal: string, reason: string) => vote(ethers(2), proposal, 'single-choice', 1, { reason });
    for (const proposal of [id, other.id]) {
      let largest = (await cast(proposal, 'first')).id;
      for (let i = 0; i < 8; i++) {
        const sent = await cast(proposal, `number ${i}`).catch((error: object) => error);
        if ('id' in sent) {
          expect(String(sent.id) > largest).toBe(true);
          largest = sent.id as Address;
        } else expect(sent).toMatchObject(refused(/^already voted same time with lower index/));
      }
      expect((await detail(proposal)).votes.map((one) => one.id)).toEqual([largest]);
    }
  });
});

describe('an alias', () => {
  const alias = privateKeyToAccount(`0x${'22'.repeat(32)}`);
  const stranger = privateKeyToAccount(`0x${'33'.repeat(32)}`);
  const inTheName = (from: Address) => ({ from, timestamp: now });

  test('votes, follows and writes a statement for its address, and nothing that only the address may', async () => {
    const { id } = await propose({ title: 'By alias' });
    const from = addressOf(2);
    const byAlias = { space, proposal: id, type: 'single-choice' as const, choice: 2, ...inTheName(from) };
    await expect(client.vote(viemSigner(alias), alias.address, { ...byAlias })).rejects.toMatchObject(
      refused(/^wrong alias/),
    );
    await client.alias(...ethers(2), { alias: alias.address, timestamp: now });
    await client.vote(viemSigner(alias), alias.address, { ...byAlias });
    expect((await detail(id)).votes).toMatchObject([{ voter: from, choice: 2 }]);
    await client.follow(viemSigner(alias), alias.address, { space, network: 's', ...inTheName(from) });
    await expect(client.vote(viemSigner(stranger), stranger.address, { ...byAlias })).rejects.toMatchObject(
      refused(/^wrong alias/),
    );
    for (const sent of [
      client.alias(viemSigner(alias), alias.address, { alias: stranger.address, ...inTheName(from) }),
      client.flagProposal(viemSigner(alias), alias.address, { space, proposal: id, ...inTheName(from) }),
    ])
      await expect(sent).rejects.toMatchObject(refused(/^alias not allowed for the type/));
    const { aliases } = await query(`{ aliases(where: { address: "${from}", created_gt: ${now - 5} }) { alias } }`);
    expect(aliases).toEqual([{ alias: alias.address }]);
  });

  test('is no alias of itself, and none after 30 days', async () => {
    await expect(client.alias(...ethers(3), { alias: addressOf(3), timestamp: now })).rejects.toMatchObject(
      refused(/cannot be the same/),
    );
    await client.alias(...ethers(3), { alias: alias.address, timestamp: now });
    await world.anvil.advance(30 * 86_400 + 1);
    await server.caughtUp();
    now = Number((await world.anvil.publicClient.getBlock()).timestamp);
    const late = client.subscribe(viemSigner(alias), alias.address, { space, ...inTheName(addressOf(3)) });
    await expect(late).rejects.toMatchObject(refused(/^wrong alias/));
  });
});

describe('a proposal', () => {
  const update = (proposal: string, change: object = {}) => ({
    space,
    proposal,
    type: 'approval' as const,
    title: 'Another title',
    body: 'Another body',
    discussion: '',
    choices: ['One', 'Two'],
    labels: ['models'],
    plugins: '{}',
    timestamp: now,
    ...change,
  });

  test('is updated by its author before the start, and by nobody else', async () => {
    const { id, ipfs } = await propose({ start: now + 100 });
    await expect(client.updateProposal(...ethers(2), update(id))).rejects.toMatchObject(refused(/^Not the author/));
    await expect(client.updateProposal(...ethers(1), update(id, { choices: ['One', 'One'] }))).rejects.toMatchObject(
      refused(/two choices are the same/),
    );
    const updated = (await client.updateProposal(...viem(1), update(id))) as Receipt;
    expect(await detail(id)).toMatchObject({
      id,
      ipfs,
      title: 'Another title',
      choices: ['One', 'Two'],
      type: 'approval',
    });
    const { proposal } = await query(`{ proposal(id: "${id}") { ipfs updated labels } }`);
    expect(proposal).toEqual({ ipfs: updated.ipfs, updated: now, labels: ['models'] });
    await world.anvil.advance(100);
    await server.caughtUp();
    await expect(client.updateProposal(...ethers(1), update(id, { timestamp: now + 1 }))).rejects.toMatchObject(
      refused(/^voting has started/),
    );
  });

  test('is cancelled by its author, with its votes, until its end', async () => {
    const { id } = await propose({ title: 'To be cancelled', end: now + 50 });
    await vote(ethers(2), id, 'single-choice', 1);
    const cancel = (account: number, proposal = id) =>
      client.cancelProposal(...ethers(account), { space, proposal, timestamp: now });
    await expect(cancel(2)).rejects.toMatchObject(refused(/^not authorized to archive proposal/));
    await expect(cancel(MODERATOR)).rejects.toMatchObject(refused(/^not authorized to archive proposal/));
    await cancel(1);
    expect(await query(`{ proposal(id: "${id}") { id } votes(where: { proposal: "${id}" }) { id } }`)).toEqual({
      proposal: null,
      votes: [],
    });
    await expect(vote(ethers(3), id, 'single-choice', 1)).rejects.toMatchObject(refused(/^unknown proposal/));
    const { id: kept } = await propose({ title: 'To be kept', end: now + 50 });
    await world.anvil.advance(60);
    await server.caughtUp();
    await expect(cancel(1, kept)).rejects.toMatchObject(refused(/its vote has ended/));
  });

  test('is flagged by a moderator, which changes no number', async () => {
    const { id } = await propose({ title: 'To be flagged' });
    await vote(ethers(2), id, 'single-choice', 1);
    const flag = (account: number) => client.flagProposal(...ethers(account), { space, proposal: id, timestamp: now });
    await expect(flag(1)).rejects.toMatchObject(refused(/^not authorized to flag/));
    await flag(MODERATOR);
    await expect(
      client.flagProposal(...ethers(MODERATOR), { space, proposal: id, timestamp: now + 1 }),
    ).rejects.toMatchObject(refused(/^proposal already flagged/));
    const { proposals } = await query(`{ proposals(where: { flagged: true }) { id votes scores } }`);
    expect(proposals).toEqual([{ id, votes: 1, scores: [1_000_000, 0, 0] }]);
  });

  test('that binds names this chain and a plugin of this space, byte for byte', async () => {
    const covey = { chainId: '31337', plugin: `0x${'ab'.repeat(20)}`, actions: `0x${'cd'.repeat(32)}` };
    const bind = (field: object, change: object = {}) =>
      propose({
        title: 'Bound',
        choices: ['For', 'Against', 'Abstain'],
        plugins: JSON.stringify({ covey: field }),
        ...change,
      });
    await expect(bind(covey, { choices })).rejects.toMatchObject(
      refused(/^invalid choices: choice 1 of a binding proposal executes/),
    );
    await expect(bind(covey)).rejects.toMatchObject(refused(/^unknown plugin: there is no SnapshotVoting at 0xabab/));
    await expect(bind({ ...covey, chainId: '1' })).rejects.toMatchObject(refused(/^wrong network/));
    for (const field of [
      { ...covey, plugin: getAddress(covey.plugin) },
      { ...covey, actions: '0x' },
      { ...covey, more: 1 },
    ])
      await expect(bind(field)).rejects.toMatchObject(refused(/plugins of a binding proposal are exactly/));
    await expect(bind(covey, { type: 'approval' })).rejects.toMatchObject(refused(/^invalid voting type/));
    const plugin = getAddress(covey.plugin);
    await world.anvil.testClient.setCode({ address: plugin, bytecode: codeThatAnswers('other.eth') });
    await expect(bind(covey)).rejects.toMatchObject(refused(/is for the space other\.eth$/));
    await world.anvil.testClient.setCode({ address: plugin, bytecode: codeThatAnswers(space) });
    const { id } = await bind(covey, { start: now + 50 });
    await expect(client.updateProposal(...ethers(1), update(id))).rejects.toMatchObject(
      refused(/^proposal is binding/),
    );
    await expect(client.cancelProposal(...ethers(1), { space, proposal: id, timestamp: now })).rejects.toMatchObject(
      refused(/it is binding/),
    );
    const alias = privateKeyToAccount(`0x${'44'.repeat(32)}`);
    await client.alias(...ethers(2), { alias: alias.address, timestamp: now });
    await world.anvil.advance(60);
    await server.caughtUp();
    const at = { timestamp: now + 55 };
    await expect(
      vote([viemSigner(alias), alias.address], id, 'single-choice', 1, { from: addressOf(2), ...at }),
    ).rejects.toMatchObject(refused(/only the voter can sign/));
    await vote(ethers(2), id, 'single-choice', 1, at);
  });
});

/** Code of a contract that answers every call with a text: it returns the ABI form that stands behind it, from byte 12. */
const codeThatAnswers = (text: string): Hex =>
  `0x6060600c60003960606000f3${encodeAbiParameters([{ type: 'string' }], [text]).slice(2)}`;

describe('who takes part', () => {
  const about = { about: 'Votes for small models', statement: '# Hello\n<script>alert(1)</script>', discourse: 'ada' };

  test('follows, subscribes, and leaves', async () => {
    await client.follow(...ethers(4), { space, network: 's', timestamp: now });
    await client.subscribe(...viem(4), { space, timestamp: now });
    await expect(client.follow(...ethers(4), { space, network: 's', timestamp: now + 1 })).rejects.toMatchObject(
      refused(/^already in/),
    );
    const lists = `{ follows(where: { follower: "${addressOf(4)}" }) { network space { id } }
      subscriptions(where: { address: "${addressOf(4)}" }) { space { id } } }`;
    expect(await query(lists)).toEqual({
      follows: [{ network: 's', space: { id: space } }],
      subscriptions: [{ space: { id: space } }],
    });
    await client.unfollow(...ethers(4), { space, network: 's', timestamp: now + 2 });
    await client.unsubscribe(...ethers(4), { space, timestamp: now + 2 });
    expect(await query(lists)).toEqual({ follows: [], subscriptions: [] });
    await expect(client.unfollow(...ethers(4), { space, network: 's', timestamp: now + 3 })).rejects.toMatchObject(
      refused(/^not in/),
    );
  });

  test('has a profile and a statement, which are kept as signed and replaced by later ones', async () => {
    const profile = (said: object, timestamp = now) =>
      client.profile(...ethers(5), { profile: JSON.stringify(said), timestamp });
    await profile({ name: 'Ada', avatar: 'ipfs://bafy', github: 'ada' });
    await expect(profile({ avatar: 'javascript:alert(1)' }, now + 1)).rejects.toMatchObject(
      refused(/^wrong profile format: avatar/),
    );
    await expect(profile({ admin: 'yes' }, now + 1)).rejects.toMatchObject(refused(/unknown field admin/));
    await expect(profile({ name: 'x'.repeat(33) }, now + 1)).rejects.toMatchObject(
      refused(/name has to be at most 32/),
    );
    await profile({ name: 'Ada L.' }, now + 1);
    await expect(profile({ name: 'Old' }, now - 1)).rejects.toMatchObject(refused(/^already set at later time/));
    const state = (change: object, timestamp = now) =>
      client.statement(...viem(5), { space, network: 's', status: 'ACTIVE', ...about, timestamp, ...change });
    await state({});
    await expect(state({ status: 'BUSY' }, now + 1)).rejects.toMatchObject(
      refused(/status has to be ACTIVE or INACTIVE/),
    );
    await expect(state({ about: 'x'.repeat(141) }, now + 1)).rejects.toMatchObject(
      refused(/about has to be at most 140/),
    );
    const found = await query(`{
      user(id: "${addressOf(5).toLowerCase()}") { id name avatar votesCount created }
      statements(where: { delegate: "${addressOf(5)}", space: "${space}" }) { about statement discourse status network }
    }`);
    expect(found).toEqual({
      user: { id: addressOf(5), name: 'Ada L.', avatar: null, votesCount: 0, created: now + 1 },
      statements: [{ ...about, status: 'ACTIVE', network: 's' }],
    });
  });

  test('has tokens or votes: strangers cannot fill the log', async () => {
    const stranger = privateKeyToAccount(`0x${'55'.repeat(32)}`);
    const by = [viemSigner(stranger), stranger.address] as const;
    for (const sent of [
      client.follow(...by, { space, network: 's', timestamp: now }),
      client.profile(...by, { profile: '{"name":"x"}', timestamp: now }),
      client.alias(...by, { alias: addressOf(1), timestamp: now }),
      client.statement(...by, { space, network: 's', status: 'ACTIVE', ...about, timestamp: now }),
    ])
      await expect(sent).rejects.toMatchObject(refused(/^validation failed: only accounts with tokens/));
  });

  test('cannot change or delete the space by a signature', async () => {
    await expect(client.space(...ethers(0), { space, settings: '{}', timestamp: now })).rejects.toMatchObject(
      refused(/settings of this space follow from the chain/),
    );
    await expect(client.deleteSpace(...ethers(0), { space, timestamp: now })).rejects.toMatchObject(
      refused(/^not authorized to delete space/),
    );
  });
});

test('a contract votes by ERC-1271: the DAO, with messages that it approved and no signature', async () => {
  const { dao, token } = world.deployment;
  const { testClient, publicClient } = world.anvil;
  await world.send(6, token, coveyTokenAbi, 'transfer', [dao, parseEther('10')]);
  await testClient.impersonateAccount({ address: dao });
  await testClient.setBalance({ address: dao, value: parseEther('1') });
  const asDao = async (to: Address, data: Hex) => {
    const hash = await testClient.sendUnsignedTransaction({ from: dao, to, data });
    await publicClient.waitForTransactionReceipt({ hash });
  };
  await asDao(token, encodeFunctionData({ abi: coveyTokenAbi, functionName: 'delegate', args: [dao] }));
  await testClient.mine({ blocks: 2 });
  await server.caughtUp();
  now = Number((await publicClient.getBlock()).timestamp);
  const { id } = await propose({ title: 'For contracts', snapshot: Number(await publicClient.getBlockNumber()) - 1 });
  const cast = () =>
    client.vote(contractSigner, dao, { space, proposal: id, type: 'single-choice', choice: 1, timestamp: now });
  await expect(cast()).rejects.toMatchObject(refused(/^signature validation failed/));
  // OSx decides by a permission on who asks; our node asks from nowhere.
  const permission = keccak256(toHex('VALIDATE_SIGNATURE_PERMISSION'));
  await asDao(dao, encodeFunctionData({ abi: daoAbi, functionName: 'grant', args: [dao, zeroAddress, permission] }));
  await cast();
  expect((await detail(id)).votes).toMatchObject([{ voter: getAddress(dao), vp: 10, choice: 1 }]);
});
