import type { Deployment } from '@covey/contracts/abi/deployment';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import type { FastifyBaseLogger } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../store/database.ts';
import type { Store } from '../store/database.ts';
import { events, nodes, stakeCheckpoints } from '../store/schema.ts';
import { clearIndex } from '../store/undo.ts';
import type { Batch, ChainReader, Header } from './chain.ts';
import { isDataError } from './data-error.ts';
import { Indexer } from './indexer.ts';
import { LiveBus } from './live.ts';

const hashOf = (number: number, branch = 'a'): `0x${string}` => `0x${branch}${number}`;
const silent = { info() {}, warn() {}, error() {} } as unknown as FastifyBaseLogger;

/** A chain of ten blocks whose third one has these events. */
function chainOf(told: { name: string; args: Record<string, unknown> }[], branch = { name: 'a' }) {
  const header = (number: number): Header => {
    // Branches part after the second block.
    const at = (block: number) => hashOf(block, block > 2 ? branch.name : 'a');
    return { number, hash: at(number), parentHash: at(number - 1), timestamp: 100 + number };
  };
  const batch = async (from: number, to: number): Promise<Batch> => ({
    from,
    to,
    headers: new Map(Array.from({ length: to - from + 1 }, (_, index) => [from + index, header(from + index)])),
    events:
      from > 3 || to < 3 || branch.name !== 'a'
        ? []
        : told.map(({ name, args }, logIndex) => ({
            contract: 'stakeManager',
            address: '0x01',
            name,
            args,
            blockNumber: 3,
            blockHash: header(3).hash,
            transactionHash: '0xee',
            logIndex,
            asked: {},
          })),
  });
  return { head: async () => header(10), header: async (number: number) => header(number), batch };
}

describe('an event that cannot be stored', () => {
  let store: Store;
  let indexer: Indexer;
  const start = async (chain: ReturnType<typeof chainOf>) => {
    indexer = new Indexer({
      db: store.db,
      chain: chain as unknown as ChainReader,
      deployment: { startBlock: 1 } as Deployment,
      live: new LiveBus(),
      logger: silent,
      want: async () => undefined,
      pollMs: 5,
    });
    await indexer.start();
  };
  beforeAll(async () => {
    store = await openStore({ subject: 'test' });
  });
  afterEach(async () => {
    await indexer.stop();
    await clearIndex(store.db);
  });
  afterAll(() => store.close());

  const told = [
    { name: 'StakeChanged', args: { node: '0xa', own: 5n, delegated: 0n, commission: 0n } },
    // The handler has made the node before the amount turns out to be too long.
    { name: 'Slashed', args: { node: '0xbad', amount: 10n ** 100n, tokensLeft: 1n } },
    { name: 'StakeChanged', args: { node: '0xb', own: 7n, delegated: 0n, commission: 0n } },
  ];

  test('is noted and skipped as a whole; those around it count, also after a restart', async () => {
    await start(chainOf(told));
    await expect.poll(() => indexer.position?.blockNumber).toBe(10);
    expect(indexer.skipped).toBe(1);
    expect(indexer.lastError).toBeUndefined();
    const staked = await store.db.select({ address: nodes.address, own: nodes.own }).from(nodes);
    expect(staked).toEqual([
      { address: '0xa', own: 5n },
      { address: '0xb', own: 7n },
    ]);
    expect(await store.db.select().from(stakeCheckpoints)).toHaveLength(2);
    expect(await store.db.select().from(events).orderBy(events.logIndex)).toMatchObject([
      { skipped: null, keys: ['nodes', 'nodes/0xa', 'stats'] },
      { skipped: 'numeric field overflow', keys: [], args: {} },
      { skipped: null, keys: ['nodes', 'nodes/0xb', 'stats'] },
    ]);
    await indexer.stop();
    await start(chainOf(told));
    expect(indexer.skipped).toBe(1);
  });

  test('is taken back with its block', async () => {
    const branch = { name: 'a' };
    await start(chainOf(told, branch));
    await expect.poll(() => indexer.skipped).toBe(1);
    branch.name = 'b';
    await expect.poll(() => indexer.position?.blockHash).toBe(hashOf(10, 'b'));
    expect(indexer.skipped).toBe(0);
    expect(await store.db.select().from(events)).toEqual([]);
    expect(await store.db.select().from(nodes)).toEqual([]);
  });

  test('is tried again when not its data but the database is at fault', async () => {
    await store.db.execute(sql`alter table covey.stake_checkpoints rename to elsewhere`);
    await start(chainOf(told));
    await expect.poll(() => indexer.lastError).toBeDefined();
    expect(indexer.position).toBeUndefined();
    await store.db.execute(sql`alter table covey.elsewhere rename to stake_checkpoints`);
    await expect.poll(() => indexer.position?.blockNumber).toBe(10);
    expect(indexer.skipped).toBe(1);
    expect(await store.db.select().from(stakeCheckpoints)).toHaveLength(2);
  });
});

test('data errors are told from those that another attempt may not have', () => {
  const query = (code?: string) =>
    new DrizzleQueryError('insert', [], Object.assign(new Error('refused'), code === undefined ? {} : { code }));
  for (const code of ['22003', '22P05', '23505', '54000']) expect(isDataError(query(code))).toBe(true);
  for (const code of ['08006', '40001', '42P01', '53100', '57P01', 'EPIPE', 'ECONNRESET', undefined])
    expect(isDataError(query(code))).toBe(false);
  expect(isDataError(new RangeError('not an integer'))).toBe(true);
});
