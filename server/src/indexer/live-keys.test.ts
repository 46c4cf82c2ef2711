import { scaled } from '@covey/client/testing/pace';
import { creator, taskId } from '@covey/client/testing/played-task';
import { coveyTokenAbi, voteEscrowAbi } from '@covey/contracts/abi';
import { sql } from 'drizzle-orm';
import type { FastifyBaseLogger } from 'fastify';
import { parseEther } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveKey } from '../schema/index.ts';
import { openStore } from '../store/database.ts';
import type { Store } from '../store/database.ts';
import { derivedTables } from '../store/undo.ts';
import { tradeModels } from '../testing/market.ts';
import { playHosts } from '../testing/hosts.ts';
import { createPlayedWorld, playRound, settleRound, voteOnTask } from '../testing/round.ts';
import { createWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';
import { createChainReader } from './chain.ts';
import { Indexer } from './indexer.ts';
import { LiveBus } from './live.ts';

let worlds: { rounds: World; hosts: World };
beforeAll(async () => {
  const made = await createPlayedWorld();
  const world = made.world;
  worlds = { rounds: world, hosts: await createWorld() };
  const server = await world.serve();
  await voteOnTask(world, server, made.played);
  const result = await playRound(world, server, made.played);
  await settleRound(world, made.played);
  await made.played.round(0, 0).earn();
  await tradeModels(world, server, made.played, result);
  await made.played.as(creator).task(taskId).raiseCreationStake(parseEther('1'));
  await world.send(3, world.deployment.token, coveyTokenAbi, 'approve', [world.deployment.voteEscrow, 2n ** 255n]);
  await world.send(3, world.deployment.voteEscrow, voteEscrowAbi, 'lock', [parseEther('1000'), 30 * 86_400]);
  await server.close();
  const ofHosts = await worlds.hosts.serve();
  await playHosts(worlds.hosts, ofHosts);
  await ofHosts.close();
});
afterAll(async () => {
  await worlds?.rounds.close();
  await worlds?.hosts.close();
});

type Row = Record<string, string | number>;

/** The page that shows the row. */
const keyOf: Record<string, (row: Row) => string> = {
  tasks: ({ id }) => `tasks/${id}`,
  task_funding: ({ task_id }) => `tasks/${task_id}`,
  task_history: ({ task_id }) => `tasks/${task_id}`,
  rounds: ofRound,
  trainers: ofRound,
  submissions: ofRound,
  validators: ofRound,
  challenges: ofRound,
  payouts: ofRound,
  proposals: ({ id }) => `proposals/${id}`,
  votes: ({ proposal_id }) => `proposals/${proposal_id}`,
  policy_versions: () => 'policy',
  policy_changes: () => 'policy',
  scorer_changes: () => 'policy',
  nodes: ({ address }) => `nodes/${address}`,
  allocations: ({ node }) => `nodes/${node}`,
  positions: ({ owner }) => `accounts/${owner}`,
  stake_checkpoints: ({ node }) => `nodes/${node}`,
  commissions: ({ node }) => `nodes/${node}`,
  stake_history: ({ node }) => `nodes/${node}`,
  locks: ({ owner }) => `accounts/${owner}`,
  slash_cases: ({ target }) => `nodes/${target}`,
  listings: ({ id }) => `listings/${id}`,
  listing_history: ({ listing_id }) => `listings/${listing_id}`,
  purchases: ({ listing_id }) => `listings/${listing_id}`,
  licences: ({ account }) => `accounts/${account}`,
  orders: ({ id }) => `orders/${id}`,
  owed_balances: ({ account }) => `accounts/${account}`,
  delivery_keys: ({ seller }) => `accounts/${seller}`,
  payment_tokens: () => 'market',
  deposit_pauses: () => 'market',
  hosts: ({ node }) => `hosts/${node}`,
  channels: ({ id }) => `channels/${id}`,
  answer_cases: ({ id }) => `answer-cases/${id}`,
  inference_requests: ({ id }) => `desk/requests/${id}`,
  revenue_claims: ({ listing_id }) => `listings/${listing_id}`,
  token_accounts: ({ address }) => `delegates/${address}`,
  token_bonuses: ({ owner }) => `delegates/${owner}`,
  vote_checkpoints: ({ account }) => `delegates/${account}`,
  snapshot_plugins: () => 'config',
  snapshot_settings: () => 'snapshot/proposals',
  bound_proposals: ({ id }) => `snapshot/proposals/${id}`,
  bound_votes: ({ id }) => `snapshot/proposals/${id}`,
};

function ofRound({ task_id, round }: Row): string {
  return `tasks/${task_id}/rounds/${round}`;
}

/** Blocks whose changes are looked at before the journal forgets them. */
const STEP = 100;

/** Follows a chain from its beginning: tables that changed, and changes of which their page was not told. */
async function follow(world: World): Promise<{ seen: string[]; untold: string[] }> {
  const store = await openStore({ subject: 'live keys' });
  const chain = createChainReader([world.anvil.rpcUrl], world.deployment);
  const last = Number(await world.anvil.publicClient.getBlockNumber());
  let head = world.deployment.startBlock - 1;
  const silent = { info() {}, warn() {}, error() {} } as unknown as FastifyBaseLogger;
  const limited = { ...chain, head: async () => (await chain.header(head)) ?? chain.head() };
  const told = { db: store.db, chain: limited, deployment: world.deployment, live: new LiveBus(), logger: silent };
  const indexer = new Indexer({ ...told, want: async () => undefined, pollMs: 5 });
  const seen = new Set<string>();
  const untold: string[] = [];
  while (head < last) {
    const before = head;
    head = Math.min(head + STEP, last);
    if (before < world.deployment.startBlock) await indexer.start();
    await expect.poll(() => indexer.position?.blockNumber, { timeout: scaled(60_000) }).toBe(head);
    for (const { block, table, row, keys } of await changesAfter(store, before)) {
      seen.add(table);
      const key = keyOf[table]?.(row);
      if (!keys.includes(key as LiveKey)) untold.push(`${table} ${key} in block ${block}: ${keys.join()}`);
    }
  }
  await indexer.stop();
  await store.close();
  expect(indexer.skipped).toBe(0);
  return { seen: [...seen], untold: [...new Set(untold)] };
}

test('whatever changes a row tells of the page that shows it', async () => {
  const { seen, untold } = await follow(worlds.rounds);
  expect(untold).toEqual([]);
  const played = ['tasks', 'rounds', 'trainers', 'submissions', 'validators', 'payouts', 'allocations', 'slash_cases'];
  const traded = ['listings', 'listing_history', 'purchases', 'licences', 'revenue_claims', 'orders', 'owed_balances'];
  expect(seen).toEqual(
    expect.arrayContaining([...played, ...traded, 'delivery_keys', 'locks', 'votes', 'positions', 'vote_checkpoints']),
  );
});

test('so does whatever changes a host, a channel, a case or a request', async () => {
  const { seen, untold } = await follow(worlds.hosts);
  expect(untold).toEqual([]);
  expect(seen).toEqual(expect.arrayContaining(['hosts', 'channels', 'answer_cases', 'inference_requests']));
});

test('every table of the index has a page', () => {
  expect(derivedTables().sort()).toEqual([...Object.keys(keyOf), 'events'].sort());
});

interface Change {
  block: number;
  table: string;
  row: Row;
  keys: LiveKey[];
}

/** Rows that blocks after this one changed, as they are now, with the live keys of everything that happened in the block. */
async function changesAfter(store: Store, block: number): Promise<Change[]> {
  const rows = <T>(result: unknown) => (result as { rows: T[] }).rows;
  const events = rows<{ block: string | number; keys: LiveKey[] }>(
    await store.db.execute(sql`select block_number as block, keys from covey.events where block_number > ${block}`),
  );
  const changes: Change[] = [];
  for (const table of derivedTables()) {
    if (table === 'events') continue;
    const found = rows<{ block: string | number; row: Row }>(
      await store.db.execute(sql`
        select distinct undo.block_number as block, to_jsonb(one) as row
        from covey.undo join covey.${sql.identifier(table)} as one on to_jsonb(one) @> undo.key
        where undo.table_name = ${table} and undo.block_number > ${block}`),
    );
    for (const { block: at, row } of found) {
      const keys = events.filter((event) => Number(event.block) === Number(at)).flatMap((event) => event.keys);
      changes.push({ block: Number(at), table, row, keys });
    }
  }
  return changes;
}
