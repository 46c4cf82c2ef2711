import { coveyTokenAbi } from '@covey/contracts/abi';
import { sql } from 'drizzle-orm';
import type { Stats } from '../schema/index.ts';
import type { Reader } from './reader.ts';

/** Counted by the database in one pass; the sums are exact decimal strings. */
const query = sql`
  select
    (select jsonb_object_agg(state, n) from (select state, count(*) n from covey.tasks group by state) t) as tasks,
    (select jsonb_object_agg(status, n) from (select status, count(*) n from covey.rounds group by status) t) as rounds,
    (select jsonb_object_agg(state, n) from (select state, count(*) n from covey.slash_cases group by state) t) as cases,
    (select count(*) from covey.submissions)::int as submissions,
    (select count(*) from covey.nodes)::int as nodes,
    (select count(distinct address) from covey.trainers)::int as trainers,
    (select count(distinct address) from covey.validators)::int as validators,
    (select count(*) from covey.proposals)::int as proposals,
    (select count(*) from covey.listings)::int as models,
    (select count(*) from covey.purchases)::int as purchases,
    (select coalesce(sum(own), 0)::text from covey.nodes) as "totalStaked",
    (select coalesce(sum(delegated), 0)::text from covey.nodes) as "totalDelegated",
    (select coalesce(sum(amount), 0)::text from covey.locks where state <> 'withdrawn') as "totalLocked",
    (select coalesce(sum(emitted), 0)::text from covey.tasks) as "totalEmitted",
    (select count(*) from covey.rounds where emission is not null)::int as "emissionMints",
    (select coalesce(sum(funded), 0)::text from covey.tasks) as "totalFunded",
    (select coalesce(sum(total), 0)::text from covey.payouts) as "totalPaidOut",
    (select coalesce(sum(slashed), 0)::text from covey.nodes) as "totalSlashed"`;

type Counts = Record<string, number> | null;
interface Row extends Pick<
  Stats,
  | 'submissions'
  | 'nodes'
  | 'trainers'
  | 'validators'
  | 'proposals'
  | 'models'
  | 'purchases'
  | 'totalStaked'
  | 'totalDelegated'
  | 'totalLocked'
  | 'totalEmitted'
  | 'emissionMints'
  | 'totalFunded'
  | 'totalPaidOut'
  | 'totalSlashed'
> {
  tasks: Counts;
  rounds: Counts;
  cases: Counts;
}

const all = (counts: Counts) => Object.values(counts ?? {}).reduce((sum, n) => sum + n, 0);

export async function readStats(reader: Reader, snapshotProposals: number): Promise<Stats> {
  const result = (await reader.db.execute(query)) as unknown as { rows: Row[] };
  const [row] = result.rows;
  if (row === undefined) throw new Error('the database answered no row to a query of constants');
  const { tasks, rounds, cases, ...numbers } = row;
  const supply = await reader.client.readContract({
    address: reader.deployment.token,
    abi: coveyTokenAbi,
    functionName: 'totalSupply',
  });
  return {
    block: reader.block(),
    tasks: {
      total: all(tasks),
      proposed: tasks?.proposed ?? 0,
      approved: tasks?.approved ?? 0,
      completed: tasks?.completed ?? 0,
      rejected: tasks?.rejected ?? 0,
      stopped: tasks?.stopped ?? 0,
    },
    rounds: {
      total: all(rounds),
      running: (rounds?.running ?? 0) + (rounds?.accepted ?? 0) + (rounds?.challenged ?? 0),
      claimable: rounds?.claimable ?? 0,
      void: rounds?.void ?? 0,
    },
    slashCases: {
      total: all(cases),
      open: cases?.open ?? 0,
      executed: cases?.executed ?? 0,
      overturned: cases?.overturned ?? 0,
    },
    ...numbers,
    snapshotProposals,
    totalSupply: supply.toString(),
  };
}
