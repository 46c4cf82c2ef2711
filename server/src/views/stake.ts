import { ONE } from '@covey/protocol';
import { and, asc, eq, gt, gte, inArray, or } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Address } from 'viem';
import type { Account, PositionWire } from '../schema/index.ts';
import { locks, nodes, positions, stakeCheckpoints, stakeHistory } from '../store/schema.ts';
import { originOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

/** Shares are worth tokens/shares of their pool, rounded down as the contract does. */
export async function positionsWhere(reader: Reader, condition: SQL): Promise<PositionWire[]> {
  const rows = await reader.db
    .select({ position: positions, tokens: nodes.poolTokens, shares: nodes.poolShares })
    .from(positions)
    .innerJoin(nodes, eq(nodes.address, positions.node))
    .where(and(condition, or(gt(positions.shares, 0n), gt(positions.unstakingShares, 0n), gt(positions.claimed, 0n))));
  return rows.map(({ position, tokens, shares }) => {
    const worth = (held: bigint) => (shares === 0n ? 0n : (held * tokens) / shares).toString();
    return {
      node: position.node,
      owner: position.owner,
      active: worth(position.shares),
      unstaking: worth(position.unstakingShares),
      availableAt: position.availableAt,
      rewardsClaimed: position.claimed.toString(),
      source: sourceOf(position),
    };
  });
}

export function byWorth(a: PositionWire, b: PositionWire): number {
  const difference = BigInt(b.active) + BigInt(b.unstaking) - BigInt(a.active) - BigInt(a.unstaking);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

export async function readAccount(reader: Reader, text: string): Promise<Account> {
  const address = parseAddress(text);
  const locked = await reader.db.select().from(locks).where(eq(locks.owner, address)).orderBy(asc(locks.id));
  return {
    address,
    positions: (await positionsWhere(reader, eq(positions.owner, address))).sort(byWorth),
    locks: locked.map((lock) => ({
      id: lock.id.toString(),
      amount: lock.amount.toString(),
      notice: lock.notice,
      bonus: lock.bonus.toString(),
      unlocksAt: lock.unlocksAt,
      state: lock.state,
      ...originOf(lock),
    })),
  };
}

const PERIOD = 30 * 86_400;
const YEAR = 365n * 86_400n;

/**
 * What delegators of a node earned in the last 30 days over their stake-time in it, as a ratio a year (1e18 = 100 %).
 * Stake-time is ∫ delegated stake dt in wei·seconds. None where nothing was delegated.
 */
export async function delegatorYields(reader: Reader, addresses: Address[]): Promise<Map<Address, bigint>> {
  const now = reader.now();
  const start = now - PERIOD;
  const changes = await reader.db
    .select()
    .from(stakeCheckpoints)
    .where(inArray(stakeCheckpoints.node, addresses))
    .orderBy(asc(stakeCheckpoints.blockNumber), asc(stakeCheckpoints.logIndex));
  const rewards = await reader.db
    .select({ node: stakeHistory.node, amount: stakeHistory.amount })
    .from(stakeHistory)
    .where(
      and(inArray(stakeHistory.node, addresses), eq(stakeHistory.event, 'rewardAdded'), gte(stakeHistory.at, start)),
    );
  const yields = new Map<Address, bigint>();
  for (const node of addresses) {
    const own = changes.filter((change) => change.node === node);
    let stakeTime = 0n;
    for (const [i, change] of own.entries()) {
      const from = Math.max(change.at, start);
      const to = own[i + 1]?.at ?? now;
      if (to > from) stakeTime += change.delegated * BigInt(to - from);
    }
    if (stakeTime === 0n) continue;
    const earned = rewards.reduce((sum, reward) => (reward.node === node ? sum + (reward.amount ?? 0n) : sum), 0n);
    yields.set(node, (earned * YEAR * ONE) / stakeTime);
  }
  return yields;
}
