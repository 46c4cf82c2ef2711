import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import {
  claimBasis,
  openDataOf,
  settleRound,
  type PlayedRound,
  type SettledRound,
  type SettlementPolicy,
} from '@covey/protocol';
import { Budget } from './budget.ts';
import {
  accountOf,
  drawSeats,
  effective,
  paidStake,
  type Account,
  type Trainer,
  type Validator,
} from './participants.ts';
import { emissionOf } from './emission.ts';
import { measure } from './measure.ts';
import type { Play, PlayParameters, RoundRecord } from './play-types.ts';
import { initialPolicy, TOKEN } from './policy.ts';
import { scoreRound } from './score-round.ts';
import { slash, trainerSlash, validatorSlash } from './slashes.ts';
import { trainRound, type Past, type Trained } from './train-round.ts';
import { judge, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** Plays a task's rounds in virtual time: the protocol's own draw, counting, ranking and settlement, and no chain. */
export const play = (p: PlayParameters): Promise<Play> => new Simulation(p).run();

class Simulation {
  readonly #p: PlayParameters;
  readonly #world: World;
  readonly #policy: SettlementPolicy;
  readonly #trainers: Trainer[];
  readonly #validators: Validator[];
  readonly #accounts: { trainers: Account[]; validators: Account[] };
  readonly #budget = new Budget();
  readonly #records: RoundRecord[] = [];
  readonly #past: Past;
  #aggregate: Float32Array;
  #creationStake: bigint;
  #forfeited = 0n;

  constructor(p: PlayParameters) {
    this.#p = p;
    this.#world = p.world;
    this.#policy = p.policy ?? initialPolicy();
    this.#trainers = p.trainers.map((one) => ({ ...one }));
    this.#validators = p.validators.map((one) => ({ ...one }));
    this.#accounts = { trainers: p.trainers.map(accountOf), validators: p.validators.map(accountOf) };
    this.#past = { base: p.world.start, last: undefined, previous: [], memory: new Map() };
    this.#aggregate = p.world.start;
    this.#creationStake = p.creationStake ?? 100_000n * TOKEN;
    for (const { name, amount } of p.funders ?? [{ name: 'creator', amount: 4000n * TOKEN }])
      this.#budget.fund(name, amount);
  }

  async run(): Promise<Play> {
    const { length: rounds } = this.#world.shards;
    for (let round = 0; round < rounds && this.#creationStake > 0n; round++) {
      this.#p.signal?.throwIfAborted();
      await this.#round(round, rounds - round);
    }
    return {
      measure: measure(this.#world, this.#past.base, this.#world.holdout),
      aggregate: measure(this.#world, this.#aggregate, this.#world.holdout),
      model: this.#past.base,
      rounds: this.#records,
      ...this.#accounts,
      budget: this.#budget,
      forfeited: this.#forfeited,
    };
  }

  async #round(round: number, roundsLeft: number): Promise<void> {
    const world = this.#world;
    const at = { seed: world.seed, round };
    const funds = this.#budget.open(roundsLeft);
    const open = openDataOf({
      core: world.core,
      task: world.task,
      round,
      base: this.#past.base,
      shards: world.shards.slice(0, round),
      last: this.#past.last,
    });
    const trainerSeats = drawSeats(this.#trainers, 'trainer', this.#policy, at);
    const sent = trainRound(world, this.#trainers, trainerSeats, {
      round,
      past: this.#past,
      open,
      onTrained: (done, total) => this.#p.onTrained?.(round, done, total),
    });
    for (const { node, cost } of sent) {
      const account = this.#accounts.trainers[node]!;
      account.seated++;
      account.cost += cost;
    }
    const revealed = sent.filter(({ update }) => update);
    const validatorSeats = drawSeats(this.#validators, 'validator', this.#policy, at);
    const withheld = round >= (this.#p.keyWithheldFrom ?? Infinity);
    let played: PlayedRound | undefined;
    let weights: bigint[] = revealed.map(() => 0n);
    const verdict = await judge(
      {
        validators: this.#validators,
        seats: validatorSeats,
        validatorSeats: Number(this.#policy.validatorSeats),
        friends: revealed.map(({ node }) => this.#trainers[node]!.strategy.name !== 'honest'),
        ...at,
        leak: this.#p.leak ?? false,
        daoRules: this.#p.daoRules ?? true,
      },
      async (counted) => {
        if (withheld) return 'no key';
        ({ played, weights } = await scoreRound({
          world,
          round,
          base: this.#past.base,
          open,
          revealed,
          counted,
          arenaMargin: this.#p.arenaMargin ?? policyNumbers.arenaMargin.initial,
          rankRatio: this.#policy.rankRatio,
          signal: this.#p.signal,
        }));
        return `result of round ${round}`;
      },
    );
    if (withheld && !verdict.void) this.#forfeit(revealed, verdict);
    if (played) {
      const seats = revealed.map((one) => one.seats);
      await this.#p.observe?.({ round, base: this.#past.base, sent: revealed, played, weights, seats });
    }
    const settled = this.#settle(funds, verdict, revealed, weights);
    const carried = settled ? settled.carried : funds.units + funds.common;
    this.#budget.close(carried);
    const minted = settled ? this.#emission(verdict, revealed, weights) : 0n;
    if (roundsLeft > 1) this.#budget.addCommon(minted);
    const slashed = this.#slash(sent, verdict);
    this.#goOn(verdict, played, revealed);
    const record: RoundRecord = {
      round,
      void: verdict.void,
      contested: verdict.contested,
      ruled: verdict.ruled,
      submissions: revealed.length,
      counted: verdict.counted.length,
      contributors: weights.filter((weight) => weight > 0n).length,
      pool: funds.units + funds.common,
      fee: settled?.fee ?? 0n,
      paid: settled?.paid ?? 0n,
      carried,
      slashed,
      minted,
      aggregated: Boolean(played?.ranking.outcome),
      measure: measure(world, this.#past.base, world.holdout),
    };
    this.#records.push(record);
    this.#p.onRound?.(record, this.#accounts.trainers);
  }

  #settle(
    funds: { units: bigint; common: bigint },
    verdict: Verdict,
    revealed: readonly Trained[],
    truth: readonly bigint[],
  ): SettledRound | null {
    if (verdict.accepted === null) return null;
    const policy = this.#policy;
    const lied = !verdict.accepted.startsWith('result of');
    const agreed = verdict.said.filter(({ result }) => result === verdict.accepted);
    const claims = revealed.map(({ node, seats }, i) => {
      const friend = this.#trainers[node]!.strategy.name !== 'honest';
      // Who lies gives all to its friends.
      return { id: String(node), seats, weight: lied ? (friend ? BigInt(seats) : 0n) : truth[i]! };
    });
    const settled = settleRound({
      funds: { ...funds, creationStake: this.#creationStake },
      stakeBehind: agreed.reduce((sum, { node }) => sum + effective(this.#validators[node]!, policy), 0n),
      policy,
      basis: claimBasis(this.#world.task.ranking, claims, policy),
      trainers: claims.map((claim) => ({ ...paidStake(this.#trainers[Number(claim.id)]!), ...claim })),
      validators: agreed.map(({ node, seats }) => ({ id: String(node), seats, ...paidStake(this.#validators[node]!) })),
    });
    for (const role of ['trainers', 'validators'] as const) {
      for (const { id, total } of settled[role]) {
        const account = this.#accounts[role][Number(id)]!;
        account.earned += total;
        if (total > 0n) account.paid++;
      }
    }
    return settled;
  }

  /** Of the stake of all candidates, as far as its seats earned. */
  #emission(verdict: Verdict, revealed: readonly Trained[], weights: readonly bigint[]): bigint {
    const { emission } = this.#p;
    if (!emission) return 0n;
    const policy = this.#policy;
    const agreed = verdict.said.filter(({ result }) => result === verdict.accepted);
    const stakeOf = (all: readonly (Trainer | Validator)[]) =>
      all.reduce((sum, one) => sum + effective(one, policy), 0n);
    const seatsOf = (all: readonly { seats: number }[]) => all.reduce((sum, { seats }) => sum + seats, 0);
    const paid = revealed.filter((_, i) => weights[i]! > 0n);
    return emissionOf(
      emission,
      {
        trainers: { stake: stakeOf(this.#trainers), seats: Number(policy.trainerSeats), paidSeats: seatsOf(paid) },
        validators: {
          stake: stakeOf(this.#validators),
          seats: Number(policy.validatorSeats),
          agreeingSeats: seatsOf(agreed),
        },
        stakeBehind: stakeOf(agreed.map(({ node }) => this.#validators[node]!)),
      },
      policy,
    );
  }

  #slash(sent: readonly Trained[], verdict: Verdict): bigint {
    let sum = 0n;
    for (const { node, update } of sent) {
      const taken = slash(this.#trainers[node]!, trainerSlash(update, verdict));
      this.#accounts.trainers[node]!.slashed += taken;
      sum += taken;
    }
    for (const said of verdict.said) {
      const account = this.#accounts.validators[said.node]!;
      const taken = slash(this.#validators[said.node]!, validatorSlash(said, verdict));
      account.seated++;
      account.slashed += taken;
      sum += taken;
    }
    return sum;
  }

  /** No key: the round is void, the task ends; a fifth of the creation stake to those who revealed, by seats. */
  #forfeit(revealed: readonly Trained[], verdict: Verdict): void {
    Object.assign(verdict, { accepted: null, void: 'keyWithheld' });
    const seats = revealed.reduce((sum, one) => sum + one.seats, 0);
    for (const one of revealed) {
      this.#accounts.trainers[one.node]!.earned += ((this.#creationStake / 5n) * BigInt(one.seats)) / BigInt(seats);
    }
    this.#forfeited = this.#creationStake;
    this.#creationStake = 0n;
  }

  #goOn(verdict: Verdict, played: PlayedRound | undefined, revealed: readonly Trained[]): void {
    const past = this.#past;
    if (!played || verdict.accepted === null || !verdict.accepted.startsWith('result of')) return;
    const { outcome } = played.ranking;
    this.#aggregate = outcome?.parameters ?? past.base;
    past.base = played.trained ?? this.#aggregate;
    if (!outcome?.delta) return;
    past.last = outcome.delta;
    const honest = revealed.filter(({ node }) => this.#trainers[node]!.strategy.name === 'honest');
    past.previous = honest.map(({ update }) => update!);
  }
}
