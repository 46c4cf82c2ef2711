import { and, count, desc, eq, sql } from 'drizzle-orm';
import type { PageQuery, SlashCase } from '../schema/index.ts';
import { slashCases } from '../store/schema.ts';
import { offsetOf, originOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type CaseRow = typeof slashCases.$inferSelect;

export interface SlashQuery extends PageQuery {
  state?: CaseRow['state'] | undefined;
  taskId?: bigint | undefined;
  target?: string | undefined;
}

export async function listSlashCases(reader: Reader, query: SlashQuery) {
  const condition = and(
    query.state === undefined ? undefined : eq(slashCases.state, query.state),
    query.taskId === undefined ? undefined : eq(slashCases.taskId, query.taskId),
    query.target === undefined ? undefined : sql`lower(${slashCases.target}) = ${query.target.toLowerCase()}`,
  );
  const [total] = await reader.db.select({ value: count() }).from(slashCases).where(condition);
  const rows = await reader.db
    .select()
    .from(slashCases)
    .where(condition)
    .orderBy(desc(slashCases.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(rows.map(slashCaseOf), total?.value ?? 0, query);
}

export function slashCaseOf(row: CaseRow): SlashCase {
  const { execution, overturned } = row;
  return {
    id: row.id.toString(),
    taskId: row.taskId.toString(),
    round: row.round,
    attempt: row.attempt,
    target: row.target,
    reporter: row.reporter,
    reason: row.reason,
    state: row.state,
    ratio: row.ratio.toString(),
    amount: row.amount.toString(),
    evidenceCid: row.evidenceCid,
    openedAt: row.at,
    appealEnd: row.appealEnd,
    execution:
      execution === null
        ? null
        : {
            taken: execution.taken,
            ...originOf(execution),
          },
    collected: row.collected.toString(),
    toTreasury: row.toTreasury.toString(),
    toReporter: row.toReporter.toString(),
    toChallenger: row.toChallenger.toString(),
    overturned: overturned === null ? null : originOf(overturned),
    source: sourceOf(row),
  };
}
