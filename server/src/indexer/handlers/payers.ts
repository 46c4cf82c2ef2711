import { sql } from 'drizzle-orm';
import type { Address } from 'viem';
import type { pausable, payers } from '../../schema/market.ts';
import { secondsOf } from '../../store/columns.ts';
import { depositPauses, owedBalances } from '../../store/schema.ts';
import type { Context } from '../context.ts';

interface Moved {
  account: Address;
  token: Address;
  amount: bigint;
}

/** Of every contract into which the DAO can pause payments. */
export function pauseHandlers(contract: (typeof pausable)[number]) {
  const paused = async (until: number, { db, source, touch }: Context) => {
    const set = { until: secondsOf(BigInt(until)), ...source };
    await db
      .insert(depositPauses)
      .values({ contract, ...set })
      .onConflictDoUpdate({ target: depositPauses.contract, set });
    touch('market');
  };
  return {
    DepositsPaused: ({ until }: { until: number }, context: Context) => paused(until, context),
    DepositsResumed: (_args: unknown, context: Context) => paused(0, context),
  };
}

/** What the market and the key escrow have alike: payments that wait to be pulled, and deposits that the DAO can pause. */
export function payerHandlers(contract: (typeof payers)[number]) {
  const moved = async ({ account, token, amount }: Moved, sign: 1n | -1n, { db, source, touch }: Context) => {
    const credited = sign === 1n ? amount : 0n;
    await db
      .insert(owedBalances)
      .values({ contract, account, token, owed: sign * amount, credited, ...source })
      .onConflictDoUpdate({
        target: [owedBalances.contract, owedBalances.account, owedBalances.token],
        set: {
          owed: sql`${owedBalances.owed} + ${sign * amount}`,
          credited: sql`${owedBalances.credited} + ${credited}`,
          ...source,
        },
      });
    touch(`accounts/${account}`);
  };
  return {
    Credited: (args: Moved, context: Context) => moved(args, 1n, context),
    Withdrawn: (args: Moved, context: Context) => moved(args, -1n, context),
    ...pauseHandlers(contract),
  };
}
