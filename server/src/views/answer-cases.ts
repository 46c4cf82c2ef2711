import { and, count, desc, eq } from 'drizzle-orm';
import type { AnswerCaseWire, PageQuery } from '../schema/index.ts';
import { answerCases } from '../store/schema.ts';
import { missing, offsetOf, originOf, pageOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type CaseRow = typeof answerCases.$inferSelect;

export interface AnswerCasesQuery extends PageQuery {
  host?: string | undefined;
  state?: AnswerCaseWire['state'] | undefined;
}

export async function listAnswerCases(reader: Reader, query: AnswerCasesQuery) {
  const condition = and(
    query.host === undefined ? undefined : eq(answerCases.node, parseAddress(query.host)),
    query.state === undefined ? undefined : eq(answerCases.state, query.state),
  );
  const [total] = await reader.db.select({ value: count() }).from(answerCases).where(condition);
  const rows = await reader.db
    .select()
    .from(answerCases)
    .where(condition)
    .orderBy(desc(answerCases.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(
    rows.map((row) => answerCaseOf(row, reader.now())),
    total?.value ?? 0,
    query,
  );
}

export async function readAnswerCase(reader: Reader, id: bigint): Promise<AnswerCaseWire> {
  const [row] = await reader.db.select().from(answerCases).where(eq(answerCases.id, id));
  if (row === undefined) throw missing(`case ${id} about an answer`);
  return answerCaseOf(row, reader.now());
}

export function answerCaseOf(row: CaseRow, now: number): AnswerCaseWire {
  const { state, ruling, closed } = row;
  if (state === 'none') throw new Error(`case ${row.id} has no state`);
  return {
    id: row.id.toString(),
    host: row.node,
    reporter: row.reporter,
    contester: row.contester,
    kind: row.kind,
    state,
    next: nextOf(row, now),
    end: row.end,
    ratio: row.ratio.toString(),
    bond: row.bond.toString(),
    taken: row.taken.toString(),
    toReporter: row.toReporter.toString(),
    toTreasury: row.toTreasury.toString(),
    answer: row.answer,
    other: row.other,
    output: row.output,
    evidenceCid: row.evidenceCid,
    requestId: row.requestId?.toString() ?? null,
    ruling: ruling && { wrong: ruling.wrong, ...originOf(ruling) },
    closed: closed && originOf(closed),
    openedAt: row.at,
    source: sourceOf(row),
  };
}

/** What the court lets happen in a block of this second. */
function nextOf({ state, end }: CaseRow, now: number): AnswerCaseWire['next'] {
  const over = now >= (end ?? 0);
  if (state === 'open') return over ? 'execute' : 'contest';
  if (state === 'contested') return over ? 'lapse' : 'rule';
  return null;
}
