import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { emissionMints, taskHistory, tasks } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';

async function change(context: Context, taskId: bigint, set: PgUpdateSetSource<typeof tasks>): Promise<void> {
  await context.db.update(tasks).set(set).where(eq(tasks.id, taskId));
  context.touch('tasks', `tasks/${taskId}`, 'stats');
}

export const emissionHandlers: Handlers<'emission'> = {
  async Minted({ mint, amount, totalWeight }, context) {
    await context.db.insert(emissionMints).values({ mint, amount, totalWeight, ...context.source });
    context.touch('stats');
  },
  WeightChanged: ({ taskId, newWeight }, context) => change(context, taskId, { emissionWeight: newWeight }),
  async EmissionPaid({ taskId, amount }, context) {
    await change(context, taskId, { emitted: sql`${tasks.emitted} + ${amount}` });
    await context.db.insert(taskHistory).values({ taskId, event: 'emissionPaid', amount, ...context.source });
  },
};
