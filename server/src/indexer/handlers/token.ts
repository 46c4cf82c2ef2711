import { and, eq, sql } from 'drizzle-orm';
import { zeroAddress } from 'viem';
import type { Address } from 'viem';
import { tokenAccounts, tokenBonuses, voteCheckpoints } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';

async function addUnits(context: Context, address: Address, units: bigint): Promise<void> {
  if (address === zeroAddress || units === 0n) return;
  await context.db
    .insert(tokenAccounts)
    .values({ address, units })
    .onConflictDoUpdate({ target: tokenAccounts.address, set: { units: sql`${tokenAccounts.units} + ${units}` } });
  context.touch(`delegates/${address}`);
}

async function move(context: Context, from: Address, to: Address, units: bigint): Promise<void> {
  await addUnits(context, from, -units);
  await addUnits(context, to, units);
}

/** Voting units as the token itself counts them: what custodians hold for somebody is that somebody's. */
export const tokenHandlers: Handlers<'token'> = {
  Transfer: ({ from, to, value }, context) => move(context, from, to, value),

  // A deposit is a transfer to the custodian, too; its units stay with the owner.
  Deposited: ({ custodian, owner, amount }, context) => move(context, custodian, owner, amount),
  Withdrawn: ({ custodian, owner, amount }, context) => move(context, owner, custodian, amount),
  Seized: ({ custodian, owner, amount }, context) => move(context, owner, custodian, amount),

  async BonusChanged({ custodian, owner, bonus }, context) {
    const [held] = await context.db
      .select({ bonus: tokenBonuses.bonus })
      .from(tokenBonuses)
      .where(and(eq(tokenBonuses.custodian, custodian), eq(tokenBonuses.owner, owner)));
    await context.db
      .insert(tokenBonuses)
      .values({ custodian, owner, bonus })
      .onConflictDoUpdate({ target: [tokenBonuses.custodian, tokenBonuses.owner], set: { bonus } });
    await addUnits(context, owner, bonus - (held?.bonus ?? 0n));
    context.touch(`delegates/${owner}`);
  },

  async DelegateChanged({ delegator, fromDelegate, toDelegate }, context) {
    const chosen = { delegate: toDelegate === zeroAddress ? null : toDelegate, delegated: context.source };
    await context.db
      .insert(tokenAccounts)
      .values({ address: delegator, ...chosen })
      .onConflictDoUpdate({ target: tokenAccounts.address, set: chosen });
    for (const address of [delegator, fromDelegate, toDelegate]) {
      if (address !== zeroAddress) context.touch(`delegates/${address}`);
    }
  },

  async DelegateVotesChanged({ delegate, newVotes }, context) {
    const changed = { votes: newVotes, changed: context.source };
    await context.db
      .insert(tokenAccounts)
      .values({ address: delegate, ...changed })
      .onConflictDoUpdate({ target: tokenAccounts.address, set: changed });
    await context.db.insert(voteCheckpoints).values({ account: delegate, votes: newVotes, ...context.source });
    context.touch(`delegates/${delegate}`);
  },
};
