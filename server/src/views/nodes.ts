import { and, asc, count, desc, eq, gt, inArray, ne, or, sql, sum } from 'drizzle-orm';
import type { AllocationWire, Node, NodeSummary, PageQuery } from '../schema/index.ts';
import {
  allocations,
  nodes,
  payouts,
  positions,
  revenueClaims,
  rounds,
  slashCases,
  stakeHistory,
  submissions,
  validators,
} from '../store/schema.ts';
import { heldTo, readDocuments } from './documents.ts';
import { byWorth, delegatorYields, positionsWhere } from './stake.ts';
import { phaseAt } from './phase.ts';
import { missing, offsetOf, originOf, pageOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { payoutOf, resultRowOf } from './rounds.ts';
import { slashCaseOf } from './slash.ts';

type NodeRow = typeof nodes.$inferSelect;

export async function listNodes(reader: Reader, query: PageQuery) {
  const [total] = await reader.db.select({ value: count() }).from(nodes);
  const rows = await reader.db
    .select()
    .from(nodes)
    .orderBy(desc(sql`${nodes.own} + ${nodes.delegated}`), asc(nodes.address))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(await summaries(reader, rows), total?.value ?? 0, query);
}

async function summaries(reader: Reader, rows: NodeRow[]): Promise<NodeSummary[]> {
  const addresses = rows.map((row) => row.address);
  if (addresses.length === 0) return [];
  const { db } = reader;
  const submitted = await db
    .select({ address: submissions.node, value: count() })
    .from(submissions)
    .where(inArray(submissions.node, addresses))
    .groupBy(submissions.node);
  const validated = await db
    .select({
      address: validators.address,
      value: sql<number>`count(distinct (${validators.taskId}, ${validators.round}))::int`,
    })
    .from(validators)
    .where(inArray(validators.address, addresses))
    .groupBy(validators.address);
  const earned = await db
    .select({ address: payouts.node, value: sum(payouts.toNode) })
    .from(payouts)
    .where(inArray(payouts.node, addresses))
    .groupBy(payouts.node);
  const delegators = await db
    .select({ address: positions.node, value: count() })
    .from(positions)
    .where(and(inArray(positions.node, addresses), ne(positions.owner, positions.node), gt(positions.shares, 0n)))
    .groupBy(positions.node);
  const yields = await delegatorYields(reader, addresses);
  const of = <T extends { address: string; value: unknown }>(list: T[], address: string) =>
    list.find((entry) => entry.address === address)?.value;
  return rows.map((row) => ({
    address: row.address,
    own: row.own.toString(),
    delegated: row.delegated.toString(),
    delegators: Number(of(delegators, row.address) ?? 0),
    commission: row.commission.toString(),
    nextCommission:
      row.nextCommission === null || row.nextCommissionAt === null || row.nextCommissionAt <= reader.now()
        ? null
        : { commission: row.nextCommission.toString(), effectiveAt: row.nextCommissionAt },
    apy: yields.get(row.address)?.toString() ?? null,
    openCases: row.openCases,
    submissions: Number(of(submitted, row.address) ?? 0),
    validations: Number(of(validated, row.address) ?? 0),
    earned: String(of(earned, row.address) ?? '0'),
    slashed: row.slashed.toString(),
    firstSeen: row.at,
    operator: row.operator,
    source: sourceOf(row),
  }));
}

function allocationOf(row: typeof allocations.$inferSelect): AllocationWire {
  return {
    taskId: row.taskId.toString(),
    role: row.role,
    ratio: row.ratio.toString(),
    bound: row.bound.toString(),
    readers: row.readers,
    ...originOf(row),
  };
}

export async function readNode(reader: Reader, text: string): Promise<Node> {
  const address = parseAddress(text);
  const { db } = reader;
  const [row] = await db.select().from(nodes).where(eq(nodes.address, address));
  const [summary] = row === undefined ? [] : await summaries(reader, [row]);
  if (row === undefined || summary === undefined) throw missing(`node ${address}`);
  const history = await db
    .select()
    .from(stakeHistory)
    .where(eq(stakeHistory.node, address))
    .orderBy(asc(stakeHistory.blockNumber), asc(stakeHistory.logIndex));
  const submitted = await db
    .select({ submission: submissions, round: rounds })
    .from(submissions)
    .innerJoin(rounds, and(eq(rounds.taskId, submissions.taskId), eq(rounds.round, submissions.round)))
    .where(eq(submissions.node, address))
    .orderBy(desc(submissions.blockNumber), desc(submissions.logIndex));
  const validated = await db
    .select({ validator: validators, round: rounds })
    .from(validators)
    .innerJoin(rounds, and(eq(rounds.taskId, validators.taskId), eq(rounds.round, validators.round)))
    .where(eq(validators.address, address))
    .orderBy(desc(validators.blockNumber), desc(validators.logIndex));
  // Of a round that repeated, the last attempt that it joined.
  const lastJoined = validated.filter(
    ({ validator: { taskId, round } }, at) =>
      validated.findIndex(({ validator }) => validator.taskId === taskId && validator.round === round) === at,
  );
  const allocated = await db
    .select()
    .from(allocations)
    .where(and(eq(allocations.node, address), or(gt(allocations.ratio, 0n), gt(allocations.bound, 0n))))
    .orderBy(asc(allocations.taskId));
  const paid = await db.select().from(payouts).where(eq(payouts.node, address));
  const revenue = await db
    .select()
    .from(revenueClaims)
    .where(eq(revenueClaims.node, address))
    .orderBy(asc(revenueClaims.blockNumber), asc(revenueClaims.logIndex));
  const cases = await db
    .select()
    .from(slashCases)
    .where(sql`${slashCases.target} = ${address}`)
    .orderBy(desc(slashCases.id));
  const document = await readDocuments(
    reader,
    'result',
    submitted.map(({ round }) => round.accepted?.summary.documentCid),
  );
  const payout = (taskId: bigint, round: number, asValidator: boolean) =>
    payoutOf(
      paid.find((entry) => entry.taskId === taskId && entry.round === round && entry.asValidator === asValidator),
    );

  return {
    ...summary,
    pool: { tokens: row.poolTokens.toString(), shares: row.poolShares.toString() },
    allocations: allocated.map(allocationOf),
    positions: (await positionsWhere(reader, eq(positions.node, address))).sort(byWorth),
    rewards: {
      added: row.delegatorRewards.toString(),
      claimed: row.delegatorClaims.toString(),
      ratePerSecond: row.rewardRate.toString(),
      streamEnd: row.rewardEnd,
    },
    stakeHistory: history.map((entry) => ({
      event: entry.event,
      owner: entry.owner,
      amount: entry.amount?.toString() ?? null,
      ...originOf(entry),
    })),
    submissionList: submitted.map(({ submission, round }) => {
      const cid = round.accepted?.summary.documentCid;
      const result =
        cid === undefined || round.acceptedHash === null ? null : heldTo(document(cid), round.acceptedHash).value;
      const found = result?.submissions.find((entry) => entry.index === submission.index);
      return {
        taskId: submission.taskId.toString(),
        round: submission.round,
        phase: phaseAt(round, reader.now()).phase,
        index: submission.index,
        cid: submission.cid,
        counted: found === undefined ? null : found.verdict !== 'not-counted',
        result: found === undefined ? null : resultRowOf(found),
        payout: payout(submission.taskId, submission.round, false),
        ...originOf(submission),
      };
    }),
    validationList: lastJoined.map(({ validator, round }) => ({
      taskId: validator.taskId.toString(),
      round: validator.round,
      phase: phaseAt(round, reader.now()).phase,
      resultHash: validator.resultHash,
      agreed:
        round.acceptedHash === null || validator.resultHash === null
          ? null
          : validator.resultHash === round.acceptedHash,
      payout: payout(validator.taskId, validator.round, true),
      ...originOf(validator),
    })),
    revenue: revenue.map((entry) => ({
      listingId: entry.listingId.toString(),
      round: entry.round,
      amount: entry.amount.toString(),
      ...originOf(entry),
    })),
    slashCases: cases.map(slashCaseOf),
  };
}
