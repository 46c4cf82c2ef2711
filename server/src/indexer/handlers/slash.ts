import { reasons } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { slashCases } from '../../store/schema.ts';
import { cidText, roundKeys } from '../context.ts';
import type { Context, Handlers } from '../context.ts';

async function change(context: Context, caseId: bigint, set: PgUpdateSetSource<typeof slashCases>): Promise<void> {
  const [row] = await context.db.update(slashCases).set(set).where(eq(slashCases.id, caseId)).returning();
  context.touch('slash-cases', 'stats');
  if (row !== undefined) context.touch(...roundKeys(row.taskId, row.round), `nodes/${row.target}`);
}

export const slashHandlers: Handlers<'slashCourt'> = {
  async CaseOpened({ caseId, reason, evidence, ...rest }, context) {
    await context.db.insert(slashCases).values({
      id: caseId,
      ...rest,
      reason: decodeEnum(reasons, reason),
      state: 'open',
      evidenceCid: cidText(evidence),
      ...context.source,
    });
    context.touch('slash-cases', 'stats', ...roundKeys(rest.taskId, rest.round), `nodes/${rest.target}`);
  },

  CaseOverturned: ({ caseId }, context) => change(context, caseId, { state: 'overturned', overturned: context.source }),

  CaseExecuted: ({ caseId, taken }, context) =>
    change(context, caseId, { state: 'executed', execution: { taken: taken.toString(), ...context.source } }),

  SlashDistributed: ({ caseId, toTreasury, toReporter, toChallenger }, context) =>
    change(context, caseId, {
      collected: sql`${slashCases.collected} + ${toTreasury + toReporter + toChallenger}`,
      toTreasury: sql`${slashCases.toTreasury} + ${toTreasury}`,
      toReporter: sql`${slashCases.toReporter} + ${toReporter}`,
      toChallenger: sql`${slashCases.toChallenger} + ${toChallenger}`,
    }),
};
