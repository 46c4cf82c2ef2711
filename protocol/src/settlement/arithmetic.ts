import { protocolError } from '../errors.ts';
import { ONE } from '../ratio.ts';

/** Largest integer whose square is at most `value`. Newton's method from above: it falls until it has arrived. */
export function isqrt(value: bigint): bigint {
  if (value < 0n) throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'isqrt of a negative number', { got: `${value}` });
  if (value < 2n) return value;
  // A power of two that is at least the root, so that the sequence falls from the first step on.
  let x = 1n << (BigInt(value.toString(2).length + 1) / 2n);
  for (;;) {
    const next = (x + value / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** floor(stake^(quarters/4)) for quarters 0…4, as isqrt(isqrt(stake^quarters)); 0 quarters gives 1. */
export function stakePower(stake: bigint, quarters: bigint): bigint {
  if (quarters < 0n || quarters > 4n) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'stake power outside of its range', {
      expected: '0 to 4 quarters',
      got: `${quarters}`,
    });
  }
  return isqrt(isqrt(stake ** quarters));
}

/** own + floor(delegated × delegationWeight). */
export function effectiveStake(own: bigint, delegated: bigint, delegationWeight: bigint): bigint {
  return own + (delegated * delegationWeight) / ONE;
}

export interface Ranked {
  /** 0 is best; equal scores share the rank of the first of them. `null` for an invalid one. */
  rank: number | null;
  /** Scaled by 1e18. */
  weight: bigint;
}

/**
 * Rank k gets ratio^k, floored at each multiplication; equal scores share the floored mean of the weights that they
 * span. Lower scores are better; `null` is invalid and gets 0.
 */
export function rankWeights(scores: readonly (bigint | null)[], ratio: bigint): Ranked[] {
  const order = scores
    .flatMap((score, position) => (score === null ? [] : [{ score, position }]))
    .sort((a, b) => (a.score < b.score ? -1 : a.score > b.score ? 1 : a.position - b.position));
  const ranked: Ranked[] = scores.map(() => ({ rank: null, weight: 0n }));
  let power = ONE;
  for (let start = 0; start < order.length;) {
    let end = start;
    let sum = 0n;
    while (end < order.length && order[end]?.score === order[start]?.score) {
      sum += power;
      power = (power * ratio) / ONE;
      end++;
    }
    const weight = sum / BigInt(end - start);
    for (const { position } of order.slice(start, end)) ranked[position] = { rank: start, weight };
    start = end;
  }
  return ranked;
}

export interface RoleSplit {
  trainers: bigint;
  validators: bigint;
}

/**
 * floor(pool·(γ(T+V) + (1−2γ)T)/(T+V)) to training nodes, the rest to validators; T and V are the own stakes of those
 * that qualify. Where nobody qualifies both get nothing and the pool is carried.
 */
export function splitRoles(pool: bigint, gamma: bigint, trainerStake: bigint, validatorStake: bigint): RoleSplit {
  if (gamma < 0n || 2n * gamma > ONE) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'gamma outside of its range', {
      expected: '0 to 0.5e18',
      got: `${gamma}`,
    });
  }
  const total = trainerStake + validatorStake;
  if (total === 0n) return { trainers: 0n, validators: 0n };
  const trainers = (pool * (gamma * total + (ONE - 2n * gamma) * trainerStake)) / (total * ONE);
  return { trainers, validators: pool - trainers };
}

/** Amounts in wei; node = total − delegators = unlocked + vesting. */
export interface Payout {
  total: bigint;
  node: bigint;
  delegators: bigint;
  unlocked: bigint;
  vesting: bigint;
}

export interface RoleMember {
  /** With effective stake. */
  weight: bigint;
  /** With own stake alone. */
  ownWeight: bigint;
  /** Scaled by 1e18. */
  commission: bigint;
}

/** Pays one member of a role. `unlockRatio` is `ONE` where nothing vests. */
export function payMember(
  pool: bigint,
  member: RoleMember,
  sumWeights: bigint,
  sumOwnWeights: bigint,
  unlockRatio: bigint,
): Payout {
  const total = sumWeights === 0n ? 0n : (pool * member.weight) / sumWeights;
  const alone = sumOwnWeights === 0n ? 0n : (pool * member.ownWeight) / sumOwnWeights;
  const gained = total > alone ? total - alone : 0n;
  const delegators = (gained * (ONE - member.commission)) / ONE;
  const node = total - delegators;
  const unlocked = (node * unlockRatio) / ONE;
  return { total, node, delegators, unlocked, vesting: node - unlocked };
}

export function payRole(pool: bigint, members: readonly RoleMember[], unlockRatio: bigint): Payout[] {
  const sumWeights = members.reduce((sum, m) => sum + m.weight, 0n);
  const sumOwnWeights = members.reduce((sum, m) => sum + m.ownWeight, 0n);
  return members.map((member) => payMember(pool, member, sumWeights, sumOwnWeights, unlockRatio));
}
