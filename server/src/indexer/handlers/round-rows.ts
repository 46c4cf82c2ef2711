import { and, eq, sql } from 'drizzle-orm';
import type { AnyPgColumn, PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Address } from 'viem';
import { rounds, validators } from '../../store/schema.ts';
import { roundKeys } from '../context.ts';
import type { Context } from '../context.ts';

// Rows of a round, as the handlers of its four contracts change them.

export interface RoundId {
  taskId: bigint;
  round: number;
}

/** Of any table that has both columns. */
export function ofRound(table: { taskId: AnyPgColumn; round: AnyPgColumn }, { taskId, round }: RoundId) {
  return and(eq(table.taskId, taskId), eq(table.round, round));
}

export async function changeRound(context: Context, id: RoundId, set: PgUpdateSetSource<typeof rounds>): Promise<void> {
  await context.db.update(rounds).set(set).where(ofRound(rounds, id));
  context.touch(...roundKeys(id.taskId, id.round));
}

/** Without an attempt, of the present one. */
export async function changeValidator(
  context: Context,
  { attempt, validator, ...id }: RoundId & { validator: Address; attempt?: number },
  set: Partial<typeof validators.$inferInsert>,
): Promise<void> {
  const present = sql`(select attempt from ${rounds} where ${ofRound(rounds, id)})`;
  await context.db
    .update(validators)
    .set(set)
    .where(and(ofRound(validators, id), eq(validators.attempt, attempt ?? present), eq(validators.address, validator)));
  context.touch(...roundKeys(id.taskId, id.round), `nodes/${validator}`);
}
