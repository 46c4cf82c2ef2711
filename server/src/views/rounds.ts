import { and, asc, eq } from 'drizzle-orm';
import type { ResultDocument, TaskDocument } from '@covey/protocol';
import type { Payout, ResultRow, Round, Submission, Validator } from '../schema/index.ts';
import { challenges, payouts, rounds, slashCases, submissions, tasks, validators } from '../store/schema.ts';
import { heldTo, readDocuments } from './documents.ts';
import type { Read } from './documents.ts';
import { bitsOf, missing, originOf, sourceOf } from './reader.ts';
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
    .orderBy(asc(submissions.index));
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

  const resultCid = row.accepted?.summary?.documentCid;
  const read = await readDocuments<unknown>(reader, [task.documentCid, resultCid]);
  const document = held(read(task.documentCid) as Read<TaskDocument>, task);
  const result =
    resultCid === undefined || row.acceptedHash === null
      ? null
      : heldTo(read(resultCid) as Read<ResultDocument>, row.acceptedHash);
  const rows = result?.value?.submissions.map(resultRowOf) ?? [];
  const counted = row.availability === null ? null : new Set(bitsOf(BigInt(row.availability.bitmap)));
  const attested = joined.map((entry) => ({
    stake: entry.ownStake,
    indices: entry.attestation === null ? [] : bitsOf(BigInt(entry.attestation.bitmap)),
  }));

  const submissionList: Submission[] = submitted.map((entry) => ({
    index: entry.index,
    node: entry.node,
    commitment: entry.commitment,
    stake: stakeOf(entry),
    committedAt: entry.at,
    source: sourceOf(entry),
    reveal: entry.cid === null || entry.reveal === null ? null : { cid: entry.cid, ...originOf(entry.reveal) },
    counted: counted === null ? null : counted.has(entry.index),
    availableStake: attested
      .filter(({ indices }) => indices.includes(entry.index))
      .reduce((sum, { stake }) => sum + stake, 0n)
      .toString(),
    result: rows.find((candidate) => candidate.index === entry.index) ?? null,
    payout: payoutOf(paid.find((entry_) => entry_.node === entry.node && !entry_.asValidator)),
  }));

  return {
    ...roundSummary(row, reader.now(), {
      submissions: submitted.length,
      revealed: submitted.filter((entry) => entry.cid !== null).length,
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
    availability: availabilityOf(row),
    selectedStake: row.selectedStake.toString(),
    revealedStake: row.revealedStake.toString(),
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
    finalized:
      row.finalized === null
        ? null
        : { resultHash: row.finalized.resultHash, modelCid: row.finalized.modelCid, ...originOf(row.finalized) },
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
    joinedAt: entry.at,
    source: sourceOf(entry),
    attestation:
      attestation === null
        ? null
        : { bitmap: attestation.bitmap, indices: bitsOf(BigInt(attestation.bitmap)), ...originOf(attestation) },
    resultCommit: resultCommit === null ? null : { commitment: resultCommit.commitment, ...originOf(resultCommit) },
    resultReveal:
      resultReveal === null || resultHash === null
        ? null
        : { resultHash, summary: resultReveal.summary, ...originOf(resultReveal) },
    agreed: row.acceptedHash === null || resultHash === null ? null : resultHash === row.acceptedHash,
    payout: payoutOf(paid.find((candidate) => candidate.node === entry.address && candidate.asValidator)),
  };
}

function availabilityOf({ availability }: RoundRow): Round['availability'] {
  if (availability === null) return null;
  const { bitmap, attestingStake, selectedStake } = availability;
  return { bitmap, counted: bitsOf(BigInt(bitmap)), attestingStake, selectedStake, ...originOf(availability) };
}

/** Stake on each revealed hash, the most first. */
function talliesOf(joined: ValidatorRow[]): Round['tallies'] {
  const byHash = new Map<string, { stake: bigint; entries: ValidatorRow[] }>();
  for (const entry of joined) {
    if (entry.resultHash === null) continue;
    const tally = byHash.get(entry.resultHash) ?? { stake: 0n, entries: [] };
    tally.stake += entry.ownStake;
    tally.entries.push(entry);
    byHash.set(entry.resultHash, tally);
  }
  return [...byHash.values()]
    .sort((a, b) => (a.stake < b.stake ? 1 : -1))
    .flatMap(({ stake, entries: [first, ...rest] }) =>
      first?.resultHash == null || first.resultReveal === null
        ? []
        : [
            {
              resultHash: first.resultHash,
              stake: stake.toString(),
              validators: rest.length + 1,
              summary: first.resultReveal.summary,
            },
          ],
    );
}

function acceptedOf({ acceptedHash, accepted, acceptedBy }: RoundRow): Round['accepted'] {
  if (acceptedHash === null || accepted?.summary == null) return null;
  return {
    resultHash: acceptedHash,
    summary: accepted.summary,
    stake: accepted.stake,
    revealedStake: accepted.revealedStake,
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
