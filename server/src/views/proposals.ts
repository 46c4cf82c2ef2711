import type { Deployment } from '@covey/contracts/abi/deployment';
import { ratioBase } from '@covey/governance';
import { asc, count, desc, eq, inArray } from 'drizzle-orm';
import type { ProposalMetadata } from '../indexer/documents.ts';
import type { PageQuery, Proposal, ProposalState, ProposalSummary } from '../schema/index.ts';
import { proposals, votes } from '../store/schema.ts';
import { kindsOf, readActions } from './actions.ts';
import { readDocuments } from './documents.ts';
import { namedDeployment } from './plugin.ts';
import { missing, offsetOf, originOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type ProposalRow = typeof proposals.$inferSelect;
type VoteRow = typeof votes.$inferSelect;

interface Counted {
  abstain: bigint;
  yes: bigint;
  no: bigint;
}

export async function listProposals(reader: Reader, query: PageQuery) {
  const [total] = await reader.db.select({ value: count() }).from(proposals);
  const rows = await reader.db
    .select()
    .from(proposals)
    .orderBy(desc(proposals.blockNumber), desc(proposals.logIndex))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(await summariesOf(reader, rows), total?.value ?? 0, query);
}

export async function summariesOf(reader: Reader, rows: ProposalRow[]): Promise<ProposalSummary[]> {
  const ids = rows.map((row) => row.id);
  const cast = ids.length === 0 ? [] : await reader.db.select().from(votes).where(inArray(votes.proposalId, ids));
  const metadata = await readDocuments(
    reader,
    'metadata',
    rows.map((row) => row.metadataCid),
  );
  const deployment = await namedDeployment(reader);
  return rows.map((row) => {
    const about = row.metadataCid === null ? null : metadata(row.metadataCid).value;
    const counted = countVotes(cast.filter((vote) => vote.proposalId === row.id));
    return summary(row, { counted, about, deployment, now: reader.now() });
  });
}

export async function readProposal(reader: Reader, id: bigint): Promise<Proposal> {
  const [row] = await reader.db.select().from(proposals).where(eq(proposals.id, id));
  if (row === undefined) throw missing(`proposal ${id}`);
  const cast = await reader.db
    .select()
    .from(votes)
    .where(eq(votes.proposalId, id))
    .orderBy(asc(votes.blockNumber), asc(votes.logIndex));
  const metadata = await readDocuments(reader, 'metadata', [row.metadataCid]);
  const document =
    row.metadataCid === null
      ? {
          status: 'invalid' as const,
          value: null,
          error: { code: 'METADATA_NOT_IPFS', message: 'the metadata is no ipfs:// address' },
        }
      : metadata(row.metadataCid);
  const counted = countVotes(cast);
  return {
    ...summary(row, { counted, about: document.value, deployment: await namedDeployment(reader), now: reader.now() }),
    metadata: {
      uri: row.metadataUri,
      cid: row.metadataCid,
      status: document.status,
      error: document.error,
      title: document.value?.title ?? null,
      summary: document.value?.summary ?? null,
      description: document.value?.description ?? null,
      resources: document.value?.resources ?? [],
    },
    parameters: {
      votingMode: row.votingMode,
      supportThreshold: row.supportThreshold,
      snapshotBlock: row.snapshotBlock,
      minVotingPower: row.minVotingPower.toString(),
    },
    totalVotingPower: row.totalVotingPower.toString(),
    ...executability(row, counted, reader.now()),
    actions: await readActions(reader, { key: row.id.toString(), actions: row.actions, executed: row.executed }),
    votes: cast.map((vote) => ({
      voter: vote.voter,
      option: vote.option,
      votingPower: vote.votingPower.toString(),
      ...originOf(vote),
    })),
    executed: row.executed === null ? null : originOf(row.executed),
  };
}

function countVotes(cast: VoteRow[]): Counted {
  const counted: Counted = { abstain: 0n, yes: 0n, no: 0n };
  for (const { option, votingPower } of cast) counted[option] += votingPower;
  return counted;
}

/** TokenVoting's own rules: more than the threshold of yes and no is yes, and enough power took part. */
function outcomeOf(row: ProposalRow, { yes, no, abstain }: Counted) {
  const threshold = BigInt(row.supportThreshold);
  const rest = BigInt(ratioBase) - threshold;
  return {
    supported: rest * yes > threshold * no,
    /** Also when all who have not voted yet should vote no. */
    settled: rest * yes > threshold * (row.totalVotingPower - yes - abstain),
    participated: yes + no + abstain >= row.minVotingPower,
  };
}

function stateAt(row: ProposalRow, counted: Counted, now: number): ProposalState {
  if (row.executed !== null) return 'executed';
  if (now < row.startDate) return 'pending';
  if (now < row.endDate) return 'active';
  const { supported, participated } = outcomeOf(row, counted);
  return supported && participated ? 'succeeded' : 'defeated';
}

function executability(row: ProposalRow, counted: Counted, now: number) {
  const { supported, participated, settled } = outcomeOf(row, counted);
  const state = stateAt(row, counted, now);
  const early = row.votingMode === 'earlyExecution' && state === 'active' && settled && participated;
  return {
    supported,
    participated,
    execution: {
      possible: state === 'succeeded' || early,
      by: 'anyone' as const,
      from: row.endDate,
      delay: 0,
      until: null,
    },
  };
}

function summary(
  row: ProposalRow,
  {
    counted,
    about,
    deployment,
    now,
  }: { counted: Counted; about: ProposalMetadata | null; deployment: Deployment; now: number },
): ProposalSummary {
  return {
    id: row.id.toString(),
    creator: row.creator,
    state: stateAt(row, counted, now),
    title: about?.title ?? null,
    summary: about?.summary ?? null,
    startDate: row.startDate,
    endDate: row.endDate,
    createdAt: row.at,
    tally: { abstain: counted.abstain.toString(), yes: counted.yes.toString(), no: counted.no.toString() },
    kinds: kindsOf(deployment, row.actions),
    source: sourceOf(row),
  };
}
