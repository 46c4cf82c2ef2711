import { and, asc, eq, sql } from 'drizzle-orm';
import { countedSubmissions } from '@covey/protocol';
import type { ResultDocument, TaskDocument } from '@covey/protocol';
import type { Payout, ResultRow, Round, Submission, Validator } from '../schema/index.ts';
import { challenges, payouts, rounds, slashCases, submissions, tasks, validators } from '../store/schema.ts';
import { heldTo, readDocuments } from './documents.ts';
import type { Read } from './documents.ts';
import { policyAt } from './policy.ts';
import { missing, originOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { slashCaseOf } from './slash.ts';
import { held, modelBefore, roundSummary } from './tasks.ts';

type RoundRow = typeof rounds.$inferSelect;
type ValidatorRow = typeof validators.$inferSelect;
type PayoutRow = typeof payouts.$inferSelect;

export async function readRound(reader: Reader, taskId: bigint, round: number): Promise<Round> {
  const { db } = reader;
  const [row] = await db
    .select()
    .from(rounds)
    .where(and(eq(rounds.taskId, taskId), eq(rounds.round, round)));
  const [task] = await db.select().from(tasks).where(eq(tasks.id, taskId));
  if (row === undefined || task === undefined) throw missing(`round ${round} of task ${taskId}`);
  const submitted = await db
    .select()
    .from(submissions)
    .where(and(eq(submissions.taskId, taskId), eq(submissions.round, round)))
    .orderBy(sql`${submissions.index} asc nulls last`, asc(submissions.blockNumber), asc(submissions.logIndex));
  const joined = await db
    .select()
    .from(validators)
    .where(and(eq(validators.taskId, taskId), eq(validators.round, round)))
    .orderBy(asc(validators.blockNumber), asc(validators.logIndex));
  const paid = await db
    .select()
    .from(payouts)
    .where(and(eq(payouts.taskId, taskId), eq(payouts.round, round)));
  const challenged = await db
    .select()
    .from(challenges)
    .where(and(eq(challenges.taskId, taskId), eq(challenges.round, round)))
    .orderBy(asc(challenges.blockNumber), asc(challenges.logIndex));
  const cases = await db
    .select()
    .from(slashCases)
    .where(and(eq(slashCases.taskId, taskId), eq(slashCases.round, round)))
    .orderBy(asc(slashCases.id));

  const resultCid = row.accepted?.summary.documentCid;
  const read = await readDocuments<unknown>(reader, [task.documentCid, resultCid]);
  const document = held(read(task.documentCid) as Read<TaskDocument>, task);
  const result =
    resultCid === undefined || row.acceptedHash === null
      ? null
      : heldTo(read(resultCid) as Read<ResultDocument>, row.acceptedHash);
  const rows = result?.value?.submissions.map(resultRowOf) ?? [];
  const attestations = joined.flatMap((entry) =>
    entry.attestation === null ? [] : [{ seats: entry.seats ?? 0, available: new Set(entry.attestation.indices) }],
  );
  const revealedCount = submitted.filter((entry) => entry.index !== null).length;
  const counted = await countedOf(reader, row, revealedCount, attestations);
  const seatsOf = (entries: { seats: number | null }[]) => entries.reduce((sum, entry) => sum + (entry.seats ?? 0), 0);

  const submissionList: Submission[] = submitted.map((entry) => ({
    index: entry.index,
    node: entry.node,
    commitment: entry.commitment,
    stake: stakeOf(entry),
    committedAt: entry.at,
    source: sourceOf(entry),
    reveal: entry.cid === null || entry.reveal === null ? null : { cid: entry.cid, ...originOf(entry.reveal) },
    counted: counted === null || entry.index === null ? null : counted.includes(entry.index),
    availableSeats: seatsOf(attestations.filter(({ available }) => entry.index !== null && available.has(entry.index))),
    result: rows.find((candidate) => candidate.index === entry.index) ?? null,
    payout: payoutOf(paid.find((entry_) => entry_.node === entry.node && !entry_.asValidator)),
  }));

  return {
    ...roundSummary(row, reader.now(), {
      submissions: submitted.length,
      revealed: revealedCount,
      validators: joined.length,
    }),
    policyVersion: row.policyVersion,
    scorer: row.scorer,
    deadlines: row.deadlines,
    challengeEnd: row.challengeEnd,
    disputeEnd: row.dispute?.disputeEnd ?? null,
    baseModelCid: await modelBefore(reader, taskId, round, document.value),
    shardCid: document.value?.validation.shards[round]?.ciphertext ?? null,
    keyCommitment: task.keyCommitments[round] ?? `0x${'0'.repeat(64)}`,
    key: row.key === null ? null : { key: row.key.key, ...originOf(row.key) },
    submissionList,
    validatorList: joined.map((entry) => validatorOf(entry, row, paid)),
    draw: drawOf(row),
    counted,
    candidateStake: row.candidateStake.toString(),
    seats: row.draw?.seats ?? 0,
    attestedSeats: seatsOf(attestations),
    revealedSeats: seatsOf(joined.filter((entry) => entry.resultHash !== null)),
    tallies: talliesOf(joined),
    accepted: acceptedOf(row),
    result:
      result === null
        ? null
        : { cid: result.cid, status: result.status, error: result.error, rows, header: headerOf(result.value) },
    challenges: challenged.map((entry) => ({
      challenger: entry.challenger,
      resultCid: entry.resultCid,
      bond: entry.bond.toString(),
      returned: entry.returned?.toString() ?? null,
      ...originOf(entry),
    })),
    disputed: row.dispute === null ? null : { disputeEnd: row.dispute.disputeEnd, ...originOf(row.dispute) },
    ruling: row.ruling === null ? null : { resultHash: row.ruling.resultHash, ...originOf(row.ruling) },
    finalized: row.finalized === null ? null : { resultHash: row.finalized.resultHash, ...originOf(row.finalized) },
    voided: row.voided === null ? null : { reason: row.voided.reason, ...originOf(row.voided) },
    rewards: rewardsOf(row, paid),
    slashCases: cases.map(slashCaseOf),
  };
}

export function stakeOf(row: { ownStake: bigint; delegatedStake: bigint; commission: bigint }) {
  return {
    own: row.ownStake.toString(),
    delegated: row.delegatedStake.toString(),
    commission: row.commission.toString(),
  };
}

export function payoutOf(row: PayoutRow | undefined): Payout | null {
  if (row === undefined) return null;
  return {
    total: row.total.toString(),
    node: row.toNode.toString(),
    delegators: row.delegators.toString(),
    unlocked: row.unlocked.toString(),
    vesting: row.vesting.toString(),
    released: row.released.toString(),
    ...originOf(row),
  };
}

export function resultRowOf(row: ResultDocument['submissions'][number]): ResultRow {
  const { stake: _stake, ...shown } = row;
  return shown;
}

function headerOf(document: ResultDocument | null): Record<string, unknown> | null {
  if (document === null) return null;
  const { submissions: _rows, ...header } = document;
  return header;
}

function validatorOf(entry: ValidatorRow, row: RoundRow, paid: PayoutRow[]): Validator {
  const { attestation, resultCommit, resultReveal, resultHash } = entry;
  return {
    address: entry.address,
    stake: stakeOf(entry),
    effectiveStake: entry.effectiveStake.toString(),
    intervalEnd: entry.intervalEnd.toString(),
    seats: entry.seats,
    joinedAt: entry.at,
    source: sourceOf(entry),
    attestation: attestation === null ? null : { indices: attestation.indices, ...originOf(attestation) },
    resultCommit: resultCommit === null ? null : { commitment: resultCommit.commitment, ...originOf(resultCommit) },
    resultReveal:
      resultReveal === null || resultHash === null
        ? null
        : { resultHash, summary: resultReveal.summary, ...originOf(resultReveal) },
    agreed: row.acceptedHash === null || resultHash === null ? null : resultHash === row.acceptedHash,
    payout: payoutOf(paid.find((candidate) => candidate.node === entry.address && candidate.asValidator)),
  };
}

function drawOf({ draw, drawBlock }: RoundRow): Round['draw'] {
  if (draw === null || drawBlock === null) return null;
  const { seed, candidateStake, seats } = draw;
  return { block: drawBlock, seed, candidateStake, seats, ...originOf(draw) };
}

/** As the contract answers it: nothing before the availability window has ended. */
async function countedOf(
  reader: Reader,
  row: RoundRow,
  submissionCount: number,
  attestations: { seats: number; available: Set<number> }[],
): Promise<number[] | null> {
  if (row.draw === null || reader.now() < row.deadlines.availability) return null;
  const [availabilityThreshold = 0n, validatorQuorum = 0n] = await policyAt(reader, row.policyVersion, [
    'availabilityThreshold',
    'validatorQuorum',
  ]);
  const policy = { availabilityThreshold, validatorQuorum };
  return countedSubmissions({ submissions: submissionCount, seats: row.draw.seats, attestations, policy });
}

/** Seats on each revealed hash, the most first. */
function talliesOf(joined: ValidatorRow[]): Round['tallies'] {
  const byHash = new Map<string, Round['tallies'][number]>();
  for (const { resultHash, resultReveal, seats } of joined) {
    if (resultHash === null || resultReveal === null) continue;
    const tally = byHash.get(resultHash) ?? { resultHash, seats: 0, validators: 0, summary: resultReveal.summary };
    tally.seats += seats ?? 0;
    tally.validators += 1;
    byHash.set(resultHash, tally);
  }
  return [...byHash.values()].sort((a, b) => b.seats - a.seats);
}

function acceptedOf({ acceptedHash, accepted, acceptedBy }: RoundRow): Round['accepted'] {
  if (acceptedHash === null || accepted === null) return null;
  return {
    resultHash: acceptedHash,
    summary: accepted.summary,
    seats: accepted.seats,
    revealedSeats: accepted.revealedSeats,
    by: acceptedBy ?? 'validators',
    ...originOf(accepted),
  };
}

function rewardsOf({ rewards, carriedOver }: RoundRow, paid: PayoutRow[]): Round['rewards'] {
  if (rewards === null) return null;
  return {
    pool: rewards.pool,
    trainersPool: rewards.trainersPool,
    validatorsPool: rewards.validatorsPool,
    claims: rewards.claims,
    claimed: paid.length,
    paid: paid.reduce((sum, entry) => sum + entry.total, 0n).toString(),
    carriedOver: carriedOver?.toString() ?? null,
    ...originOf(rewards),
  };
}
