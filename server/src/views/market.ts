import { licensedForEver } from '@covey/client';
import { and, asc, eq, inArray, ne, or } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { isAddressEqual } from 'viem';
import type { Address } from 'viem';
import type { Market, PaymentToken } from '../schema/index.ts';
import { depositPauses, listings, paymentTokens } from '../store/schema.ts';
import type { Reader } from './reader.ts';
import { readToken } from './token.ts';

/** Unix seconds; null for ever. */
export const endOf = (end: number): number | null => (end >= licensedForEver ? null : end);

/** Every token that was ever allowed; COVEY, which always is, first. */
export async function readPaymentTokens(reader: Reader): Promise<PaymentToken[]> {
  const { symbol, decimals } = await readToken(reader);
  const own = reader.deployment.token;
  const rows = await reader.db
    .select()
    .from(paymentTokens)
    .orderBy(asc(paymentTokens.blockNumber), asc(paymentTokens.logIndex));
  const others = rows.filter(({ token }) => !isAddressEqual(token, own));
  return [
    { address: own, symbol, decimals, allowed: true },
    ...others.map((row) => ({
      address: row.token,
      symbol: row.symbol,
      decimals: row.decimals,
      allowed: row.allowed,
    })),
  ];
}

/** A token by its address. */
export async function paymentTokenFinder(reader: Reader): Promise<(token: Address) => PaymentToken> {
  const all = await readPaymentTokens(reader);
  return (token) =>
    all.find(({ address }) => isAddressEqual(address, token)) ?? {
      address: token,
      symbol: null,
      decimals: null,
      allowed: false,
    };
}

export async function readMarket(reader: Reader): Promise<Market> {
  const paused = await reader.db.select().from(depositPauses);
  const until = (contract: (typeof paused)[number]['contract']) => {
    const end = paused.find((row) => row.contract === contract)?.until ?? 0;
    return end > reader.now() ? end : null;
  };
  return {
    paymentTokens: await readPaymentTokens(reader),
    pausedUntil: {
      modelMarket: until('modelMarket'),
      keyEscrow: until('keyEscrow'),
      inferenceChannels: until('inferenceChannels'),
      inferenceDesk: until('inferenceDesk'),
    },
  };
}

/** What of the listings can be bought or ordered now, as the market and the escrow decide it. */
export function soldNow({ deployment, db }: Reader): SQL | undefined {
  const allowed = db.select({ token: paymentTokens.token }).from(paymentTokens).where(eq(paymentTokens.allowed, true));
  return and(
    eq(listings.state, 'active'),
    or(eq(listings.token, deployment.token), inArray(listings.token, allowed)),
    or(ne(listings.kind, 'sealed'), eq(listings.bondState, 'bonded')),
  );
}

/** The same of one row. */
export function isSold(row: typeof listings.$inferSelect, token: PaymentToken): boolean {
  return row.state === 'active' && token.allowed && (row.kind !== 'sealed' || row.bondState === 'bonded');
}
