import { and, asc, eq, sql } from 'drizzle-orm';
import { bitmapOf, countSubmissions } from '@covey/protocol';
import type { ResultDocument } from '@covey/protocol';
import type { Candidate, Draw, Payout, ResultRow, Round, Submission, Validator } from '../schema/index.ts';
import { challenges, payouts, rounds, slashCases, submissions, tasks, trainers, validators } from '../store/schema.ts';
import type { DrawRow } from '../store/tables/rounds.ts';
import { heldTo, readDocuments } from './documents.ts';
import { deadlinesOf } from './phase.ts';
import { missing, originOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { slashCaseOf } from './slash.ts';
import { talliesOf } from './tallies.ts';
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
  const candidates = await db
    .select()
    .from(trainers)
    .where(and(eq(trainers.taskId, taskId), eq(trainers.round, round)))
    .orderBy(asc(trainers.blockNumber), asc(trainers.logIndex));
  const submitted = await db
    .select()
    .from(submissions)
    .where(and(eq(submissions.taskId, taskId), eq(submissions.round, round)))
    .orderBy(sql`${submissions.index} asc nulls last`, asc(submissions.blockNumber), asc(submissions.logIndex));
  const allJoined = await db
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
  const document = held((await readDocuments(reader, 'task', [task.documentCid]))(task.documentCid), task);
  const readResult = await readDocuments(reader, 'result', [resultCid]);
  const result =
    resultCid === undefined || row.acceptedHash === null ? null : heldTo(readResult(resultCid), row.acceptedHash);
  const rows = result?.value?.submissions.map(resultRowOf) ?? [];
  const joined = allJoined.filter(({ attempt }) => attempt === row.attempt);
  const attestations = joined.flatMap(({ attestation, seats }) =>
    attestation === null ? [] : [{ ...attestation, seats: seats ?? 0 }],
  );
  const revealedCount = submitted.filter((entry) => entry.index !== null).length;
  const counted = countedOf(row, reader.now(), revealedCount, attestations);
  const seatsOf = (entries: { seats: number | null }[]) => entries.reduce((sum, entry) => sum + (entry.seats ?? 0), 0);

  const submissionList: Submission[] = submitted.map((entry) => ({
    index: entry.index,
    node: entry.node,
    seats: entry.seats,
    commitment: entry.commitment,
    stake: stakeOf(entry),
    committedAt: entry.at,
    source: sourceOf(entry),
    reveal:
      entry.cid === null || entry.parameterRoot === null || entry.reveal === null
        ? null
        : { cid: entry.cid, parameterRoot: entry.parameterRoot, ...originOf(entry.reveal) },
    counted: counted === null || entry.index === null ? null : counted.includes(entry.index),
    missingSeats: seatsOf(
      attestations.filter((attested) => entry.index !== null && attested.missing.includes(entry.index)),
    ),
    result: rows.find((candidate) => candidate.index === entry.index) ?? null,
    payout: payoutOf(paid.find((entry_) => entry_.node === entry.node && !entry_.asValidator)),
  }));

  return {
    ...roundSummary(row, reader.now(), {
      trainers: candidates.length,
      submissions: submitted.length,
      revealed: revealedCount,
      validators: joined.length,
    }),
    policyVersion: row.policyVersion,
    scorer: row.scorer,
    deadlines: deadlinesOf(row),
    challengeEnd: row.challengeEnd,
    rulingEnd: row.rulingEnd,
    attempt: row.attempt,
    repeats: row.repeats.map((repeat) => ({ attempt: repeat.attempt, reason: repeat.reason, ...originOf(repeat) })),
    creationStake: row.creationStake.toString(),
    baseModelCid: await modelBefore(reader, taskId, round, document.value),
    shardCid: document.value?.validation.shards[round]?.ciphertext ?? null,
    keyCommitment: task.keyCommitments[round] ?? `0x${'0'.repeat(64)}`,
    key: row.key === null ? null : { key: row.key.key, ...originOf(row.key) },
    trainerList: candidates.map(candidateOf),
    submissionList,
    validatorList: joined.map((entry) => validatorOf(entry, row, paid)),
    earlierValidators: allJoined
      .filter(({ attempt }) => attempt !== row.attempt)
      .map((entry) => validatorOf(entry, row, paid)),
    draws: { trainers: drawOf(row.trainerDraw), validators: drawOf(row.validatorDraw) },
    counted,
    trainerStake: row.trainerStake.toString(),
    validatorStake: row.validatorStake.toString(),
    trainerSeats: row.trainerSeats,
    validatorSeats: row.validatorSeats,
    attestedSeats: seatsOf(attestations),
    ciphertextMissingSeats: seatsOf(attestations.filter(({ ciphertextMissing }) => ciphertextMissing)),
    revealedSeats: seatsOf(joined.filter((entry) => entry.resultHash !== null)),
    tallies: talliesOf(joined),
    accepted: acceptedOf(row),
    result:
      result === null
        ? null
        : { cid: result.cid, status: result.status, error: result.error, rows, header: headerOf(result.value) },
    challenges: challenged.map((entry) => ({
      challenger: entry.challenger,
      resultHash: entry.resultHash,
      resultCid: entry.resultCid,
      bond: entry.bond.toString(),
      returned: entry.returned?.toString() ?? null,
      ...originOf(entry),
    })),
    ruling:
      row.ruling === null
        ? null
        : { resultHash: row.ruling.resultHash, winner: row.ruling.winner, ...originOf(row.ruling) },
    finalized: row.finalized === null ? null : originOf(row.finalized),
    voided: row.voided === null ? null : { reason: row.voided.reason, ...originOf(row.voided) },
    rewards: rewardsOf(row, paid),
    emission: row.emission === null ? null : { amount: row.emission.amount, ...originOf(row.emission) },
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
  const { parameterRoot: _root, ...shown } = row;
  return shown;
}

function headerOf(document: ResultDocument | null): Record<string, unknown> | null {
  if (document === null) return null;
  const { submissions: _rows, ...header } = document;
  return header;
}

function candidateOf(entry: typeof trainers.$inferSelect | ValidatorRow): Candidate {
  return {
    address: entry.address,
    stake: stakeOf(entry),
    ratio: entry.ratio.toString(),
    effectiveStake: entry.effectiveStake.toString(),
    intervalEnd: entry.intervalEnd.toString(),
    seats: entry.seats,
    joinedAt: entry.at,
    source: sourceOf(entry),
  };
}

function validatorOf(entry: ValidatorRow, row: RoundRow, paid: PayoutRow[]): Validator {
  const { attestCommit, attestation, resultCommit, resultReveal, resultHash } = entry;
  return {
    ...candidateOf(entry),
    attempt: entry.attempt,
    attestCommit: attestCommit === null ? null : { commitment: attestCommit.commitment, ...originOf(attestCommit) },
    attestation:
      attestation === null
        ? null
        : {
            ciphertextMissing: attestation.ciphertextMissing,
            missing: attestation.missing,
            ...originOf(attestation),
          },
    resultCommit: resultCommit === null ? null : { commitment: resultCommit.commitment, ...originOf(resultCommit) },
    resultReveal:
      resultReveal === null || resultHash === null
        ? null
        : { resultHash, summary: resultReveal.summary, ...originOf(resultReveal) },
    agreed: row.acceptedHash === null || resultHash === null ? null : resultHash === row.acceptedHash,
    payout: payoutOf(
      paid.find(({ node, asValidator }) => node === entry.address && asValidator && entry.attempt === row.attempt),
    ),
  };
}

function drawOf(draw: DrawRow | null): Draw | null {
  if (draw === null) return null;
  const { beacon, seed, stake, seats } = draw;
  return { beacon, seed, stake, seats, ...originOf(draw) };
}

/** As the contract answers it: nothing before the attestations have been opened, and none where too few were. */
function countedOf(
  row: RoundRow,
  now: number,
  submissionCount: number,
  attestations: { seats: number; ciphertextMissing: boolean; missing: number[] }[],
): number[] | null {
  const { attestReveal } = deadlinesOf(row);
  if (attestReveal === null || now < attestReveal) return null;
  return countSubmissions({
    submissions: submissionCount,
    validatorSeats: row.validatorSeats,
    attestations: attestations.map((attested) => ({
      ...attested,
      missing: bitmapOf(attested.missing, submissionCount),
    })),
  }).counted;
}

function acceptedOf({ acceptedHash, accepted, acceptedBy }: RoundRow): Round['accepted'] {
  if (acceptedHash === null || accepted === null) return null;
  return {
    resultHash: acceptedHash,
    summary: accepted.summary,
    seats: accepted.seats,
    revealedSeats: accepted.revealedSeats,
    contested: accepted.contested,
    by: acceptedBy ?? 'validators',
    ...originOf(accepted),
  };
}

function rewardsOf({ rewards, carriedOver }: RoundRow, paid: PayoutRow[]): Round['rewards'] {
  if (rewards === null) return null;
  const { blockNumber: _block, transactionHash: _transaction, logIndex: _log, at: _at, ...shown } = rewards;
  return {
    ...shown,
    carried: (BigInt(rewards.carried) + (carriedOver ?? 0n)).toString(),
    claimed: paid.length,
    paid: paid.reduce((sum, entry) => sum + entry.total, 0n).toString(),
    ...originOf(rewards),
  };
}
