import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from './database.ts';
import type { Store } from './database.ts';
import * as schema from './schema.ts';
import { journalBlock, rollBack } from './undo.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore({ subject: 'test' });
});
afterAll(() => store.close());

const source = { blockNumber: 1, transactionHash: '0x' as const, logIndex: 0, at: 1 };

test('rolling back restores rows exactly, to the last digit, in any mix of inserts, updates and deletes', async () => {
  const huge = 2n ** 256n - 1n;
  const { db } = store;
  const at = async (block: number, change: (tx: typeof db) => Promise<unknown>) =>
    db.transaction(async (tx) => {
      await journalBlock(tx, block);
      await change(tx);
    });
  const vote = (voter: `0x${string}`, votingPower: bigint) => ({
    proposalId: huge,
    voter,
    option: 'yes' as const,
    votingPower,
    ...source,
  });

  await at(1, (tx) => tx.insert(schema.votes).values([vote('0xa', huge), vote('0xb', 1n)]));
  const afterOne = await db.select().from(schema.votes);
  await at(2, async (tx) => {
    await tx.update(schema.votes).set({ votingPower: sql`${schema.votes.votingPower} - 1` });
    await tx.delete(schema.votes).where(sql`voter = '0xb'`);
  });
  const afterTwo = await db.select().from(schema.votes);
  await at(3, async (tx) => {
    await tx.insert(schema.votes).values(vote('0xb', 7n));
    await tx.update(schema.votes).set({ option: 'no' });
    await tx.insert(schema.nodes).values({ address: '0xc', ...source });
    await tx.update(schema.nodes).set({ own: 5n, rewardEnd: 9 });
  });
  expect(await db.select().from(schema.votes)).not.toEqual(afterTwo);

  await db.transaction((tx) => rollBack(tx, 2));
  expect(await db.select().from(schema.votes)).toEqual(afterTwo);
  expect(await db.select().from(schema.nodes)).toEqual([]);
  await db.transaction((tx) => rollBack(tx, 1));
  const sorted = (rows: { voter: string }[]) => [...rows].sort((x, y) => x.voter.localeCompare(y.voter));
  expect(sorted(await db.select().from(schema.votes))).toEqual(sorted(afterOne));
  expect(await db.select().from(schema.undo)).toHaveLength(2);
});
