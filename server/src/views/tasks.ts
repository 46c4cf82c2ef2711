import { rankings } from '@covey/contracts/abi/enums';
import { taskTerms } from '@covey/protocol';
import type { TaskDocument } from '@covey/protocol';
import { and, asc, count, desc, eq, inArray, sql } from 'drizzle-orm';
import { zeroHash } from 'viem';
import type { PageQuery, RoundSummary, Task, TaskState, TaskSummary } from '../schema/index.ts';
import {
  listings,
  proposals,
  rounds,
  submissions,
  taskFunding,
  taskHistory,
  tasks,
  trainers,
  validators,
} from '../store/schema.ts';
import { readDocuments } from './documents.ts';
import type { Read } from './documents.ts';
import { phaseAt } from './phase.ts';
import { missing, offsetOf, originOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type TaskRow = typeof tasks.$inferSelect;
type RoundRow = typeof rounds.$inferSelect;

export async function listTasks(reader: Reader, query: PageQuery & { state?: TaskState; creator?: string }) {
  const condition = and(
    query.state === undefined ? undefined : eq(tasks.state, query.state),
    query.creator === undefined ? undefined : sql`lower(${tasks.creator}) = ${query.creator.toLowerCase()}`,
  );
  const [total] = await reader.db.select({ value: count() }).from(tasks).where(condition);
  const rows = await reader.db
    .select()
    .from(tasks)
    .where(condition)
    .orderBy(desc(tasks.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  const document = await readDocuments(
    reader,
    'task',
    rows.map((row) => row.documentCid),
  );
  const all = await roundSummaries(
    reader,
    rows.map((row) => row.id),
  );
  const items = rows.map((row) => summary(row, held(document(row.documentCid), row), all));
  return pageOf(items, total?.value ?? 0, query);
}

export async function readTask(reader: Reader, id: bigint): Promise<Task> {
  const { db } = reader;
  const [row] = await db.select().from(tasks).where(eq(tasks.id, id));
  if (row === undefined) throw missing(`task ${id}`);
  const document = held((await readDocuments(reader, 'task', [row.documentCid]))(row.documentCid), row);
  const roundList = await roundSummaries(reader, [id]);
  const money = await db
    .select()
    .from(taskFunding)
    .where(eq(taskFunding.taskId, id))
    .orderBy(asc(taskFunding.blockNumber), asc(taskFunding.logIndex));
  const history = await db
    .select()
    .from(taskHistory)
    .where(eq(taskHistory.taskId, id))
    .orderBy(asc(taskHistory.blockNumber), asc(taskHistory.logIndex));
  const listed = await db
    .select({ id: listings.id })
    .from(listings)
    .where(eq(listings.taskId, id))
    .orderBy(listings.id);
  const funding = (kind: (typeof money)[number]['kind']) =>
    money
      .filter((entry) => entry.kind === kind)
      .map((entry) => ({ funder: entry.funder, amount: entry.amount.toString(), ...originOf(entry) }));
  return {
    ...summary(row, document, roundList),
    document,
    terms: {
      windows: row.windows,
      minTrainerStake: row.minTrainerStake.toString(),
      minValidatorStake: row.minValidatorStake.toString(),
      ranking: row.ranking,
      admissionRoot: row.admissionRoot,
      keyCommitments: row.keyCommitments,
    },
    opener: row.opener,
    roundList,
    funding: funding('fund'),
    redemptions: funding('redeem'),
    history: history.map((entry) => ({
      event: entry.event,
      amount: entry.amount?.toString() ?? null,
      ...originOf(entry),
    })),
    holdoutKey: row.holdoutKey,
    currentModel: await modelBefore(reader, id, Number.MAX_SAFE_INTEGER, document.value),
    proposals: await proposalsOn(reader, id),
    listings: listed.map((entry) => entry.id.toString()),
  };
}

/** A document must repeat the terms that the chain enforces; one that does not describes another task. */
export function held(read: Read<TaskDocument>, row: TaskRow): Read<TaskDocument> {
  if (read.value === null) return read;
  const said = taskTerms(read.value);
  const same =
    said.rounds === row.rounds &&
    said.minTrainerStake === row.minTrainerStake &&
    said.minValidatorStake === row.minValidatorStake &&
    (Object.keys(row.windows) as (keyof typeof row.windows)[]).every(
      (name) => said.windows[name] === row.windows[name],
    ) &&
    rankings[said.ranking] === row.ranking &&
    said.admissionRoot === (row.admissionRoot ?? zeroHash) &&
    said.keyCommitments.join() === row.keyCommitments.join();
  if (same) return read;
  const message = 'the document does not repeat the terms with which the task was proposed on chain';
  return { ...read, status: 'invalid', value: null, error: { code: 'TASK_TERMS_MISMATCH', message } };
}

function summary(row: TaskRow, document: Read<TaskDocument>, all: RoundSummary[]): TaskSummary {
  const id = row.id.toString();
  return {
    id,
    state: row.state,
    creator: row.creator,
    name: document.value?.name ?? null,
    mode: document.value?.mode ?? null,
    documentCid: row.documentCid,
    documentStatus: document.status,
    rounds: row.rounds,
    roundsOpened: row.roundsOpened,
    roundsClosed: row.roundsClosed,
    funded: row.funded.toString(),
    value: row.value.toString(),
    common: row.common.toString(),
    waiting: row.waiting.toString(),
    creationStake: row.creationStake.toString(),
    multiplier: row.multiplier.toString(),
    emitted: row.emitted.toString(),
    proposedAt: row.at,
    currentRound: all.filter((round) => round.taskId === id).at(-1) ?? null,
    source: sourceOf(row),
  };
}

/** Rounds of these tasks, in order. */
export async function roundSummaries(reader: Reader, taskIds: bigint[]): Promise<RoundSummary[]> {
  if (taskIds.length === 0) return [];
  const { db } = reader;
  const rows = await db
    .select()
    .from(rounds)
    .where(inArray(rounds.taskId, taskIds))
    .orderBy(asc(rounds.taskId), asc(rounds.round));
  const submitted = await db
    .select({
      taskId: submissions.taskId,
      round: submissions.round,
      all: count(),
      revealed: sql<number>`count(${submissions.cid})::int`,
    })
    .from(submissions)
    .where(inArray(submissions.taskId, taskIds))
    .groupBy(submissions.taskId, submissions.round);
  const joined = await db
    .select({ taskId: validators.taskId, round: validators.round, all: count() })
    .from(validators)
    .innerJoin(
      rounds,
      and(
        eq(rounds.taskId, validators.taskId),
        eq(rounds.round, validators.round),
        eq(rounds.attempt, validators.attempt),
      ),
    )
    .where(inArray(validators.taskId, taskIds))
    .groupBy(validators.taskId, validators.round);
  const candidates = await db
    .select({ taskId: trainers.taskId, round: trainers.round, all: count() })
    .from(trainers)
    .where(inArray(trainers.taskId, taskIds))
    .groupBy(trainers.taskId, trainers.round);
  const of = <T extends { taskId: bigint; round: number }>(list: T[], row: RoundRow) =>
    list.find((entry) => entry.taskId === row.taskId && entry.round === row.round);
  return rows.map((row) =>
    roundSummary(row, reader.now(), {
      trainers: of(candidates, row)?.all ?? 0,
      submissions: of(submitted, row)?.all ?? 0,
      revealed: of(submitted, row)?.revealed ?? 0,
      validators: of(joined, row)?.all ?? 0,
    }),
  );
}

export function roundSummary(
  row: RoundRow,
  now: number,
  counts: { trainers: number; submissions: number; revealed: number; validators: number },
): RoundSummary {
  const { phase, endsAt } = phaseAt(row, now);
  return {
    taskId: row.taskId.toString(),
    round: row.round,
    phase,
    phaseEndsAt: endsAt,
    openedAt: row.at,
    pool: row.pool.toString(),
    ...counts,
    acceptedHash: row.acceptedHash,
    resultCid: row.accepted?.summary.documentCid ?? null,
    modelCid: row.accepted?.summary.modelCid ?? null,
    voidReason: row.voided?.reason ?? null,
    source: sourceOf(row),
  };
}

/** The base model of a round: that of the last finalized round before it, or the initial one. */
export async function modelBefore(
  reader: Reader,
  taskId: bigint,
  round: number,
  document: TaskDocument | null,
): Promise<string | null> {
  const rows = await reader.db
    .select({ round: rounds.round, accepted: rounds.accepted })
    .from(rounds)
    .where(and(eq(rounds.taskId, taskId), eq(rounds.status, 'claimable')))
    .orderBy(desc(rounds.round));
  return rows.find((row) => row.round < round)?.accepted?.summary.modelCid ?? document?.initialModel ?? null;
}

/** First four bytes of `approve(uint256)` and the like are followed by the task's id in 32 bytes. */
async function proposalsOn(reader: Reader, taskId: bigint): Promise<string[]> {
  const word = taskId.toString(16).padStart(64, '0');
  const to = reader.deployment.taskManager.toLowerCase();
  const rows = await reader.db
    .select({ id: proposals.id })
    .from(proposals)
    .where(
      sql`exists (select 1 from jsonb_array_elements(${proposals.actions}) as action
        where lower(action ->> 'to') = ${to} and substr(action ->> 'data', 11, 64) = ${word})`,
    )
    .orderBy(proposals.id);
  return rows.map((row) => row.id.toString());
}
