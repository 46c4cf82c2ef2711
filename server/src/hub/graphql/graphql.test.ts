import { rpcFaults, rpcProxy } from '@covey/client/testing';
import type { RpcProxy } from '@covey/client/testing';
import { snapshotJs } from '@covey/governance/testing/snapshot';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from '../../app.ts';
import { ethersSigner, snapshotClient } from '../../testing/snapshot-client.ts';
import type { Receipt } from '../../testing/snapshot-client.ts';
import { createWorld } from '../../testing/world.ts';
import type { World } from '../../testing/world.ts';

const space = 'covey.eth';
/** A chain that snapshot.js knows, and whose blocks may be as young as a test's: Fraxtal's test network. */
const chainId = 2522;

let world: World;
let proxy: RpcProxy;
let server: CoveyServer;
let now: number;
let snapshot: number;
/** Newest last. */
const ids: string[] = [];

const addressOf = (account: number): Address => world.anvil.accounts[account]?.address as Address;
const by = (account: number) => [ethersSigner(account), addressOf(account)] as const;

async function ask(query: string, variables: object = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

beforeAll(async () => {
  world = await createWorld({ chainId });
  proxy = await rpcProxy(world.anvil.rpcUrl);
  server = await world.serve({ rpcUrl: proxy.url });
  await world.anvil.advance(1);
  await server.caughtUp();
  const block = await world.anvil.publicClient.getBlock();
  now = Number(block.timestamp);
  snapshot = Number(block.number) - 1;
  const client = snapshotClient(server.url);
  const propose = async (account: number, change: object) => {
    const { id } = (await client.proposal(...by(account), {
      ...{ space, type: 'single-choice', title: 'First', body: 'Of <b>many</b>', discussion: '', choices: ['A', 'B'] },
      ...{ labels: [], start: now - 5, end: now + 1000, snapshot, plugins: '{}', app: 'covey', timestamp: now },
      ...change,
    } as never)) as Receipt;
    ids.push(id);
  };
  await propose(1, {});
  await propose(2, { title: 'Second one', timestamp: now + 1, labels: ['models'], start: now + 500 });
  await propose(2, { title: 'Third', timestamp: now + 2, end: now + 2000, type: 'approval' });
  const vote = { space, proposal: ids[0] ?? '', type: 'single-choice' as const };
  await client.vote(...by(2), { ...vote, choice: 1, reason: 'good', timestamp: now + 1 });
  await client.vote(...by(3), { ...vote, choice: 2, timestamp: now + 2 });
  await client.vote(...by(3), {
    ...vote,
    proposal: ids[2] ?? '',
    type: 'approval',
    choice: [1, 2],
    timestamp: now + 3,
  });
  await client.follow(...by(2), { space, network: 's', timestamp: now });
  await client.alias(...by(2), { alias: addressOf(9), timestamp: now });
  await client.profile(...by(2), { profile: '{"name":"Ada","about":"x"}', timestamp: now });
  await client.statement(...by(2), {
    ...{ space, network: 's', about: 'a', statement: 'b', discourse: 'ada', status: 'ACTIVE', timestamp: now },
  });
});
afterAll(async () => {
  await world.close();
  await proxy.stop();
});

/** Fields that the offchain network of Snapshot's interface asks for (sx-monorepo, its api/queries.ts). */
const spaceFields = `
  id verified turbo turboExpiration admins members name avatar cover network about website twitter github farcaster
  coingecko symbol activeProposals treasuries { name network address } labels { id name description color }
  delegationPortal { delegationType delegationContract delegationNetwork delegationApi }
  voting { delay period type quorum quorumType privacy hideAbstain } strategies { name params network }
  validation { name params } filters { minScore onlyMembers } proposalsCount proposalsCount1d proposalsCount30d
  votesCount followersCount children { id name avatar cover proposalsCount votesCount followersCount activeProposals }
  parent { id name avatar cover proposalsCount turbo verified network } terms private flagged flagCode hibernated domain
  skin skinSettings { bg_color link_color text_color content_color border_color heading_color primary_color theme logo }
  guidelines template categories moderators plugins boost { enabled bribeEnabled } voteValidation { name params }`;
const proposalFields = `
  id ipfs space { id name avatar network admins moderators members symbol labels { id name } terms } type title body
  discussion author quorum quorumType start end snapshot choices labels scores scores_total scores_state
  scores_by_strategy scores_updated state strategies { name params network } validation { name params } created updated
  votes privacy plugins flagged flagCode link app symbol network`;

describe('what Snapshot’s interface asks', () => {
  test('of the space', async () => {
    const query = `query ($id: String!, $where: SpaceWhere) {
      space(id: $id) { ${spaceFields} } spaces(first: 5, where: $where) { id }
      ranking(first: 5, where: { search: "COV" }) { items { ${spaceFields} } metrics { total } }
      networks { id spacesCount premium } strategies { id author about version spacesCount examples schema disabled }
      strategy(id: "erc20-votes") { id } validations { id } options { name value }
    }`;
    const found = await ask(query, { id: space, where: { id_in: [space] } });
    // Compiled from the second time on.
    expect(await ask(query, { id: space, where: { id_in: [space] } })).toEqual(found);
    expect(await ask(query, { id: space, where: { id_in: [space] } })).toEqual(found);
    expect(found).toMatchObject({
      space: {
        id: space,
        network: String(chainId),
        strategies: [{ name: 'erc20-votes', params: { address: world.deployment.token } }],
        treasuries: [{ address: world.deployment.dao }],
        proposalsCount: 3,
        votesCount: 3,
        followersCount: 1,
        activeProposals: 2,
      },
      spaces: [{ id: space }],
      ranking: { items: [{ id: space }], metrics: { total: 1 } },
    });
    expect(await ask(`{ space(id: "other.eth") { id } spaces(where: { id: "other.eth" }) { id } }`)).toEqual({
      space: null,
      spaces: [],
    });
  });

  test('of proposals: by author, state, time, title and label, in pages', async () => {
    const query = `query ($first: Int!, $skip: Int!, $where: ProposalWhere) {
      proposals(first: $first, skip: $skip, where: $where, orderBy: "created", orderDirection: desc) { ${proposalFields} }
    }`;
    const list = async (where: object, first = 20, skip = 0) => {
      const { proposals } = await ask(query, { first, skip, where });
      return (proposals as { id: string }[]).map(({ id }) => ids.indexOf(id));
    };
    expect(await list({ space_in: [space] })).toEqual([2, 1, 0]);
    expect(await list({}, 1, 1)).toEqual([1]);
    expect(await list({ author: addressOf(2).toLowerCase() })).toEqual([2, 1]);
    expect(await list({ state: 'active' })).toEqual([2, 0]);
    expect(await list({ state: 'pending', space_verified: true })).toEqual([1]);
    expect(await list({ title_contains: 'SECOND' })).toEqual([1]);
    expect(await list({ labels_in: ['models', 'other'] })).toEqual([1]);
    expect(await list({ end_gt: now + 1000 })).toEqual([2]);
    expect(await list({ start_gte: now + 500, end_lte: now + 1000 })).toEqual([1]);
    expect(await list({ created_in: [now, now + 2], flagged: false })).toEqual([2, 0]);
    expect(await list({ id_in: [ids[1]], type_not: 'approval' })).toEqual([1]);
    expect(await list({ votes_gt: 0, type: 'approval' })).toEqual([2]);
    expect(await list({ network: '1' })).toEqual([]);
    expect(await ask(`query ($id: String!) { proposal(id: $id) { ${proposalFields} } }`, { id: ids[0] })).toMatchObject(
      {
        proposal: {
          body: 'Of <b>many</b>',
          scores: [1_000_000, 1_000_000],
          scores_by_strategy: [[1_000_000], [1_000_000]],
          scores_updated: now + 2,
          votes: 2,
          space: { id: space },
        },
      },
    );
  });

  test('of votes: of a proposal by power or time, of a voter, with reasons', async () => {
    const query = `query ($first: Int, $skip: Int, $orderBy: String, $orderDirection: OrderDirection, $where: VoteWhere) {
      votes(first: $first, skip: $skip, where: $where, orderBy: $orderBy, orderDirection: $orderDirection) {
        id voter space { id } proposal { id } ipfs choice vp vp_by_strategy vp_state reason created metadata app
      }
    }`;
    const list = async (where: object, orderBy = 'created', orderDirection = 'asc') => {
      const { votes } = await ask(query, { first: 100, skip: 0, where, orderBy, orderDirection });
      return (votes as { created: number }[]).map(({ created }) => created - now);
    };
    expect(await list({ proposal: ids[0] })).toEqual([1, 2]);
    expect(await list({ proposal: ids[0] }, 'created', 'desc')).toEqual([2, 1]);
    expect(await list({ proposal: ids[0], vp_gt: 0, reason_not: '' }, 'vp', 'desc')).toEqual([1]);
    expect(await list({ space_in: [space], voter: addressOf(3).toLowerCase() })).toEqual([2, 3]);
    expect(await list({ voter_in: [addressOf(3)], proposal_in: [ids[2]], created_gte: now + 3 })).toEqual([3]);
    expect(await list({ vp_lt: 1 })).toEqual([]);
    expect(await list({ space: 'other.eth' })).toEqual([]);
  });

  test('of people: aliases, follows, statements, users, who is most active, and the feed of messages', async () => {
    const found = await ask(
      `query ($address: String!, $alias: String!, $created_gt: Int, $where: StatementsWhere) {
        aliases(where: { address: $address, alias: $alias, created_gt: $created_gt }) { address alias }
        follows(where: { follower: $address }, first: 10) { network space { id } }
        subscriptions(where: { address: $address }) { id }
        statements(where: $where) { about statement space delegate network discourse status source }
        user(id: $address) { id name about avatar cover github twitter lens farcaster votesCount created }
        users(where: { id_in: [$address] }) { id name }
        leaderboards(first: 5, skip: 0, orderBy: "votesCount", orderDirection: desc, where: { space: "${space}" }) {
          user space proposalsCount votesCount
        }
        messages(first: 3, orderBy: "mci", orderDirection: asc, where: { mci_gt: 3, space: "${space}" }) { mci id type timestamp }
        vp(voter: $address, space: "${space}", proposal: "${ids[0]}") { vp vp_by_strategy vp_state }
      }`,
      {
        ...{ address: addressOf(2), alias: addressOf(9), created_gt: now - 30 * 86_400 },
        where: { space, delegate_in: [addressOf(2)], network: 's' },
      },
    );
    expect(found).toMatchObject({
      aliases: [{ address: addressOf(2), alias: addressOf(9) }],
      follows: [{ network: 's', space: { id: space } }],
      subscriptions: [],
      statements: [{ about: 'a', statement: 'b', discourse: 'ada', status: 'ACTIVE', delegate: addressOf(2) }],
      user: { name: 'Ada', votesCount: 1 },
      users: [{ id: addressOf(2), name: 'Ada' }],
      messages: [
        { mci: 4, type: 'vote', timestamp: now + 1 },
        { mci: 5, type: 'vote', timestamp: now + 2 },
        { mci: 6, type: 'vote', timestamp: now + 3 },
      ],
      vp: { vp: 1_000_000, vp_by_strategy: [1_000_000], vp_state: 'pending' },
    });
    expect(found.leaderboards).toEqual([
      { user: addressOf(3), space, proposalsCount: 0, votesCount: 2 },
      { user: addressOf(2), space, proposalsCount: 2, votesCount: 1 },
      { user: addressOf(1), space, proposalsCount: 1, votesCount: 0 },
    ]);
  });
});

describe('the score calls of snapshot.js', () => {
  const strategies = () => [
    { name: 'erc20-votes', network: String(chainId), params: { address: world.deployment.token, decimals: 18 } },
  ];
  const { getVp, getScores, validate } = snapshotJs.utils;

  test('give past votes at the block', async () => {
    const options = { url: `${server.url}/snapshot/score` };
    const vp = () => getVp(addressOf(1), String(chainId), strategies(), snapshot, space, false, options);
    expect(await vp()).toEqual({ vp: 1_000_000, vp_by_strategy: [1_000_000], vp_state: 'final' });
    const holders = [addressOf(1), addressOf(20)];
    const scores = (at: number | string) =>
      getScores(space, strategies(), String(chainId), holders, at, server.url) as Promise<unknown>;
    const expected = [{ [addressOf(1)]: 1_000_000, [addressOf(20)]: 0 }];
    expect(await scores(snapshot)).toEqual(expected);
    expect(await scores('latest')).toEqual(expected);
    const valid = (name: string, minScore: number) =>
      validate(name, addressOf(1), space, String(chainId), 'latest', { minScore }, options);
    expect(await valid('basic', 1)).toBe(true);
    expect(await valid('basic', 2_000_000)).toBe(false);
    expect(await valid('any', 0)).toBe(true);
  });

  test('refuse other networks, strategies and tokens in the shape that the client knows', async () => {
    const options = { url: `${server.url}/snapshot/score` };
    const vp = (network: string, change: object) =>
      getVp(
        addressOf(1),
        network,
        strategies().map((one) => ({ ...one, ...change })),
        'latest',
        space,
        false,
        options,
      );
    const refused = (message: RegExp) => ({ code: 400, message: expect.stringMatching(message) });
    await expect(vp('1', {})).rejects.toMatchObject(refused(/^wrong network: expected 2522, got 1/));
    await expect(vp('2522', { name: 'erc20-balance-of' })).rejects.toMatchObject(refused(/^unknown strategy/));
    await expect(vp('2522', { params: { address: addressOf(1) } })).rejects.toMatchObject(refused(/another token/));
    const future = getVp(addressOf(1), '2522', strategies(), snapshot + 1_000_000, space, false, options);
    await expect(future).rejects.toMatchObject(refused(/^block \d+ is not past yet$/));
  });

  test('say when the chain is away, and nothing of where it is', async () => {
    proxy.play(rpcFaults.unreachable());
    const asked = getVp(addressOf(1), String(chainId), strategies(), snapshot, space, false, {
      url: `${server.url}/snapshot/score`,
    });
    await expect(asked).rejects.toEqual({
      code: 503,
      message: 'the chain cannot be reached',
      data: 'the chain cannot be reached',
    });
    proxy.play(null);
  });
});
