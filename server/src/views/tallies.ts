import type { Round } from '../schema/index.ts';
import type { validators } from '../store/schema.ts';
import { inChainOrder } from '../store/tables/rounds.ts';

type Joined = Pick<typeof validators.$inferSelect, 'resultHash' | 'resultReveal' | 'seats' | 'effectiveStake'>;

/** Seats on each revealed hash: most first, and of equal ones the first revealed, as the contract ranks them. */
export function talliesOf(joined: readonly Joined[]): Round['tallies'] {
  const revealed = joined
    .flatMap(({ resultHash, resultReveal, ...of }) =>
      resultHash === null || resultReveal === null ? [] : [{ ...of, resultHash, resultReveal }],
    )
    .sort((a, b) => inChainOrder(a.resultReveal, b.resultReveal));
  const byHash = new Map<string, Round['tallies'][number]>();
  for (const { resultHash, resultReveal, seats, effectiveStake } of revealed) {
    const before = byHash.get(resultHash);
    byHash.set(resultHash, {
      resultHash,
      seats: (before?.seats ?? 0) + (seats ?? 0),
      validators: (before?.validators ?? 0) + 1,
      stake: (BigInt(before?.stake ?? 0) + effectiveStake).toString(),
      summary: resultReveal.summary,
    });
  }
  return [...byHash.values()].sort((a, b) => b.seats - a.seats);
}
