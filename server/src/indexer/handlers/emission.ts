import { and, eq, sql } from 'drizzle-orm';
import { rounds, tasks } from '../../store/schema.ts';
import { roundKeys } from '../context.ts';
import type { Handlers } from '../context.ts';

export const emissionHandlers: Handlers<'emission'> = {
  async EmissionEarned({ taskId, round, amount }, context) {
    await context.db
      .update(rounds)
      .set({ emission: { amount: amount.toString(), ...context.source } })
      .where(and(eq(rounds.taskId, taskId), eq(rounds.round, round)));
    // `CommonAdded` follows, or, where no round is left to spend it, `RestSwept`.
    await context.db
      .update(tasks)
      .set({ emitted: sql`${tasks.emitted} + ${amount}`, common: sql`${tasks.common} + ${amount}` })
      .where(eq(tasks.id, taskId));
    context.touch(...roundKeys(taskId, round));
  },
};
