import { sql } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/pg-core';
import type { PgTable } from 'drizzle-orm/pg-core';
import { CasingCache } from 'drizzle-orm/casing';
import type { Database } from './handle.ts';
import * as schema from './schema.ts';

/** Tables whose rows follow from the chain alone; everything that a reorganisation takes back. */
const derived: PgTable[] = [
  schema.events,
  schema.tasks,
  schema.taskFunding,
  schema.taskHistory,
  schema.rounds,
  schema.trainers,
  schema.submissions,
  schema.validators,
  schema.challenges,
  schema.payouts,
  schema.proposals,
  schema.votes,
  schema.policyVersions,
  schema.policyChanges,
  schema.scorerChanges,
  schema.nodes,
  schema.allocations,
  schema.positions,
  schema.stakeCheckpoints,
  schema.commissions,
  schema.stakeHistory,
  schema.locks,
  schema.slashCases,
  schema.listings,
  schema.listingHistory,
  schema.purchases,
  schema.licences,
  schema.revenueClaims,
  schema.orders,
  schema.owedBalances,
  schema.deliveryKeys,
  schema.paymentTokens,
  schema.depositPauses,
  schema.hosts,
  schema.channels,
  schema.answerCases,
  schema.inferenceRequests,
  schema.tokenAccounts,
  schema.tokenBonuses,
  schema.voteCheckpoints,
  schema.snapshotPlugins,
  schema.snapshotSettings,
  schema.boundProposals,
  schema.boundVotes,
];

/** Their names in the database. */
export function derivedTables(): string[] {
  return derived.map((table) => getTableConfig(table).name);
}

const casing = new CasingCache('snake_case');

function keyColumns(table: PgTable): string[] {
  const config = getTableConfig(table);
  const single = config.columns.filter((column) => column.primary);
  const columns = single.length > 0 ? single : (config.primaryKeys[0]?.columns ?? []);
  return columns.map((column) => casing.getColumnCasing(column));
}

/**
 * Triggers that write down what each row was before a block changed it, while `covey.block` says which block that is.
 * Rolling back is then reading them backwards: handlers need not know that reorganisations exist.
 */
export async function installUndo(db: Database): Promise<void> {
  await db.execute(sql`
    create function covey.journal() returns trigger language plpgsql as $$
    declare
      block text := current_setting('covey.block', true);
      source jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
      key jsonb;
    begin
      if block is null or block = '' then return null; end if;
      select jsonb_object_agg(name, source -> name) into key from unnest(tg_argv) as name;
      insert into covey.undo (block_number, table_name, key, before)
        values (block::bigint, tg_table_name, key, case when tg_op = 'INSERT' then null else to_jsonb(old) end);
      return null;
    end $$`);
  await db.execute(sql`
    create function covey.roll_back(target bigint) returns void language plpgsql as $$
    declare
      entry record;
      condition text;
    begin
      perform set_config('covey.block', '', true);
      for entry in select * from covey.undo where block_number > target order by id desc loop
        select string_agg(format('%1$I = (jsonb_populate_record(null::covey.%2$I, $1)).%1$I', name, entry.table_name), ' and ')
          into condition from jsonb_object_keys(entry.key) as name;
        execute format('delete from covey.%I where %s', entry.table_name, condition) using entry.key;
        if entry.before is not null then
          execute format('insert into covey.%1$I select * from jsonb_populate_record(null::covey.%1$I, $1)', entry.table_name)
            using entry.before;
        end if;
      end loop;
      delete from covey.undo where block_number > target;
      delete from covey.blocks where number > target;
    end $$`);
  for (const table of derived) {
    const name = getTableConfig(table).name;
    const args = keyColumns(table)
      .map((column) => `'${column}'`)
      .join(', ');
    await db.execute(
      sql.raw(
        `create trigger journal after insert or update or delete on covey."${name}" for each row execute function covey.journal(${args})`,
      ),
    );
  }
}

/** Changes of this transaction from here on belong to this block; without one they cannot be undone. */
export async function journalBlock(db: Database, block: number | undefined): Promise<void> {
  await db.execute(sql`select set_config('covey.block', ${block === undefined ? '' : String(block)}, true)`);
}

/** Takes back everything after this block. */
export async function rollBack(db: Database, block: number): Promise<void> {
  await db.execute(sql`select covey.roll_back(${block})`);
}

/** Empties the index. */
export async function clearIndex(db: Database): Promise<void> {
  const names = [...derived, schema.undo, schema.blocks].map((table) => `covey."${getTableConfig(table).name}"`);
  await db.execute(sql.raw(`truncate ${names.join(', ')}`));
  await db.update(schema.cursor).set({ blockNumber: -1, blockHash: '', timestamp: 0 });
}
