import { eq } from 'drizzle-orm';
import { secondsOf } from '../../store/columns.ts';
import { locks } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';

async function change(context: Context, lockId: bigint, set: Partial<typeof locks.$inferInsert>): Promise<void> {
  const [row] = await context.db.update(locks).set(set).where(eq(locks.id, lockId)).returning();
  context.touch('stats');
  if (row !== undefined) context.touch(`accounts/${row.owner}`);
}

export const escrowHandlers: Handlers<'voteEscrow'> = {
  async Locked({ lockId, owner, amount, notice, bonus }, context) {
    await context.db
      .insert(locks)
      .values({ id: lockId, owner, amount, notice, bonus, state: 'locked', ...context.source });
    context.touch(`accounts/${owner}`, 'stats');
  },
  UnlockRequested: ({ lockId, unlocksAt }, context) =>
    change(context, lockId, { state: 'unlocking', bonus: 0n, unlocksAt: secondsOf(BigInt(unlocksAt)) }),
  Relocked: ({ lockId, bonus }, context) => change(context, lockId, { state: 'locked', bonus, unlocksAt: null }),
  Unlocked: ({ lockId }, context) => change(context, lockId, { state: 'withdrawn', bonus: 0n }),
};
