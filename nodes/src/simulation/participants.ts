import { effectiveStake, seatsOf, seedOf, sha256Hex, type DrawnRole, type SettlementPolicy } from '@covey/protocol';
import type { TrainerStrategy, ValidatorStrategy } from './strategy.ts';
import { TOKEN } from './policy.ts';

/** Wei that are allocated to the task. */
export interface Stake {
  own: bigint;
  delegated: bigint;
  /** Scaled by 1e18. */
  commission: bigint;
}

export interface Trainer extends Stake {
  strategy: TrainerStrategy;
  /** Whose data it trains on: identities of one owner have the same. */
  part: number;
  /** Clips its updates to this L2 norm and adds noise · clip of Gaussian noise. */
  privacy?: { clip: number; noise: number };
}

export interface Validator extends Stake {
  strategy: ValidatorStrategy;
}

/** What one participant did and got, wei. */
export interface Account {
  strategy: string;
  stake: bigint;
  /** Of all that its seats earned, what its delegators get included. */
  earned: bigint;
  slashed: bigint;
  /** Rounds with a seat, and with pay. */
  seated: number;
  paid: number;
  /** Samples that went through the network for it, forward and back. */
  cost: number;
}

export function trainer(strategy: TrainerStrategy, part: number, own = 1000n * TOKEN): Trainer {
  return { strategy, part, own, delegated: 0n, commission: 0n };
}

export function validator(strategy: ValidatorStrategy, own = 100_000n * TOKEN): Validator {
  return { strategy, own, delegated: 0n, commission: 0n };
}

/** The first `hostile` of `nodes` follow a strategy, the others another. */
export function mix<S, P>(
  nodes: number,
  hostile: number,
  [bad, good]: [S, S],
  make: (strategy: S, place: number) => P,
): P[] {
  return Array.from({ length: nodes }, (_, i) => make(i < hostile ? bad : good, i));
}

export function effective(stake: Stake, policy: SettlementPolicy): bigint {
  return effectiveStake(stake.own, stake.delegated, policy.delegationWeight);
}

/** Seats of all candidates, in the order of joining, by the protocol's own draw. */
export function drawSeats(
  candidates: readonly Stake[],
  role: DrawnRole,
  policy: SettlementPolicy,
  at: { seed: number; round: number },
): number[] {
  const stakes = candidates.map((one) => effective(one, policy));
  const candidateStake = stakes.reduce((sum, stake) => sum + stake, 0n);
  if (candidateStake === 0n) return stakes.map(() => 0);
  const beacon = sha256Hex(new TextEncoder().encode(`beacon ${at.seed} ${at.round} ${role}`));
  const seed = seedOf({ beacon, chainId: 31_337, roundManager: MANAGER, taskId: 1n, round: at.round });
  const seats = Number(role === 'trainer' ? policy.trainerSeats : policy.validatorSeats);
  let end = 0n;
  return stakes.map((stake) => {
    end += stake;
    return seatsOf({ end, stake }, { seed, role, candidateStake, seats });
  });
}

/** Whatever contract: it only goes into the seed. */
const MANAGER = '0x0000000000000000000000000000000000000001';

/** As settlement takes it. */
export const paidStake = ({ own, delegated, commission }: Trainer | Validator) => ({
  ownStake: own,
  delegatedStake: delegated,
  commission,
});

export function accountOf(one: Trainer | Validator): Account {
  const { strategy, own, delegated } = one;
  return { strategy: strategy.name, stake: own + delegated, earned: 0n, slashed: 0n, seated: 0, paid: 0, cost: 0 };
}
