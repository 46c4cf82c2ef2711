import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Model } from '../schema/index.ts';
import { documents, listings, rounds, tasks } from '../store/schema.ts';
import { readDocuments } from './documents.ts';
import { missing, originOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { held } from './tasks.ts';

/** Most of each list; a model in more places than these is told of by those places. */
const MAX_LISTED = 100;

type RoundRow = typeof rounds.$inferSelect;

/** Lineage of a model; SERVER_NOT_FOUND where nothing that is final names it. */
export async function readModel(reader: Reader, cid: string): Promise<Model> {
  const starts = await tasksStartingWith(reader, cid);
  const ends = await roundsEndingWith(reader, cid);
  const taskIds = [...new Set([...starts, ...ends.map(({ taskId }) => taskId)])];
  const own = taskIds.length === 0 ? [] : await reader.db.select().from(tasks).where(inArray(tasks.id, taskIds));
  const read = await readDocuments(
    reader,
    'task',
    own.map((task) => task.documentCid),
  );
  const documentOf = new Map(own.map((task) => [task.id, held(read(task.documentCid), task).value]));
  const made = await chainsOf(reader, taskIds);
  const baseOf = (row: RoundRow): string | null => {
    const before = made.filter(({ taskId, round }) => taskId === row.taskId && round < row.round).at(-1);
    return before?.accepted?.summary.modelCid ?? documentOf.get(row.taskId)?.initialModel ?? null;
  };
  const listed = await reader.db
    .select({ id: listings.id })
    .from(listings)
    .where(eq(listings.modelCid, cid))
    .orderBy(asc(listings.id))
    .limit(MAX_LISTED);
  const model: Model = {
    cid,
    madeBy: ends
      .filter((row) => baseOf(row) !== cid)
      .flatMap((row) => {
        const { accepted, acceptedHash } = row;
        const task = own.find(({ id }) => id === row.taskId);
        if (accepted === null || acceptedHash === null || task === undefined) return [];
        return {
          taskId: row.taskId.toString(),
          taskName: documentOf.get(row.taskId)?.name ?? null,
          creator: task.creator,
          round: row.round,
          baseCid: baseOf(row),
          resultHash: acceptedHash,
          resultCid: accepted.summary.documentCid,
          scorer: row.scorer,
          contributors: accepted.summary.claimants,
          ...originOf(accepted),
        };
      }),
    startOf: starts.flatMap((id) => {
      const document = documentOf.get(id);
      return document ? { taskId: id.toString(), taskName: document.name } : [];
    }),
    next: made
      .filter((row) => baseOf(row) === cid && row.accepted?.summary.modelCid !== cid)
      .slice(0, MAX_LISTED)
      .map((row) => ({
        taskId: row.taskId.toString(),
        round: row.round,
        modelCid: row.accepted!.summary.modelCid,
      })),
    listings: listed.map(({ id }) => id.toString()),
  };
  const { madeBy, startOf, next } = model;
  if ([madeBy, startOf, next, model.listings].every((list) => list.length === 0)) throw missing(`model ${cid}`);
  return model;
}

/** Finished rounds that ended with it, in the order of the chain. */
const roundsEndingWith = (reader: Reader, cid: string): Promise<RoundRow[]> =>
  reader.db
    .select()
    .from(rounds)
    .where(and(eq(rounds.status, 'claimable'), sql`${rounds.accepted} #>> '{summary,modelCid}' = ${cid}`))
    .orderBy(sql`(${rounds.accepted} ->> 'blockNumber')::bigint`, sql`(${rounds.accepted} ->> 'logIndex')::bigint`)
    .limit(MAX_LISTED);

/** Finished rounds of these tasks, in their order. */
const chainsOf = async (reader: Reader, taskIds: readonly bigint[]): Promise<RoundRow[]> =>
  taskIds.length === 0
    ? []
    : await reader.db
        .select()
        .from(rounds)
        .where(and(eq(rounds.status, 'claimable'), inArray(rounds.taskId, [...taskIds])))
        .orderBy(asc(rounds.taskId), asc(rounds.round));

/** First models by the CID of the task document, which never changes: each document is opened for it once. */
const firstModels = new WeakMap<Reader['db'], Map<string, string>>();

async function tasksStartingWith(reader: Reader, cid: string): Promise<bigint[]> {
  const known = firstModels.get(reader.db) ?? new Map<string, string>();
  firstModels.set(reader.db, known);
  const all = await reader.db
    .select({ id: tasks.id, documentCid: tasks.documentCid })
    .from(tasks)
    .orderBy(asc(tasks.id));
  const unknown = [...new Set(all.map((task) => task.documentCid))].filter((document) => !known.has(document));
  if (unknown.length > 0) {
    const rows = await reader.db
      .select({ cid: documents.cid, model: sql<string | null>`${documents.value} ->> 'initialModel'` })
      .from(documents)
      .where(and(eq(documents.kind, 'task'), inArray(documents.cid, unknown), eq(documents.status, 'ok')));
    for (const row of rows) if (row.model !== null) known.set(row.cid, row.model);
  }
  return all
    .filter((task) => known.get(task.documentCid) === cid)
    .map(({ id }) => id)
    .slice(0, MAX_LISTED);
}
