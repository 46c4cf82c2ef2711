import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import {
  estimate,
  honest,
  honestValidator,
  initialPolicy,
  mix,
  play,
  TOKEN,
  trainer,
  validator,
  type Account,
  type Estimate,
  type Play,
  type PlayParameters,
} from '@covey/nodes/simulation';
import { ONE } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { referenceSetting } from './setting.ts';
import { worldOf, type Source } from './world.ts';

/** Who funds a task to nodes of its own. Amounts in COVEY, over a whole play. */
export interface WashRow {
  what: string;
  /** Its part of all stake that is allocated. */
  share: number;
  /** The multiplier of its own task. */
  multiplier: number;
  funded: number;
  seeds: number;
  /** What did not come back from the budget. */
  spent: Estimate;
  /** What all its nodes were paid. */
  pay: Estimate;
  /** Emission that its own task earned, whoever it went to. */
  minted: Estimate;
  /** Pay less what was spent. */
  profit: Estimate;
  /** What the last row of less money had as profit, to this row, over what was spent more. */
  perSpent: Estimate | null;
  /** What the same stake is paid for honest work in the task of the others. */
  elsewhere: Estimate;
}

const NODES = 24;
const VALIDATORS = 100;
const VALIDATOR_STAKE = 500_000n * TOKEN;
const TRAINER_STAKE = 10_000n * TOKEN;
const ROUNDS = 4;
const setting = {
  ...referenceSetting,
  network: 'tiny' as const,
  nodes: NODES,
  samplesPerNode: 60,
  shardSamples: 200,
  holdoutSamples: 200,
  rounds: ROUNDS,
};
/** Each round takes a day from its draw to its close. */
const terms = { allocated: BigInt(NODES) * TRAINER_STAKE + BigInt(VALIDATORS) * VALIDATOR_STAKE, seconds: 86_400n };

/** The least that opens every round: the last but few have only what was funded. */
const LEAST = BigInt(ROUNDS) * policyNumbers.minRoundPool.initial;

const tokens = (wei: bigint) => Number(wei / 10n ** 12n) / 1e6;
const paid = (accounts: readonly Account[]) => tokens(accounts.reduce((sum, { earned }) => sum + earned, 0n));

type Parties = Pick<PlayParameters, 'trainers' | 'validators'>;

/** So many of the first nodes and validators: the part that the washer has of each. */
function parties(from: number, to: number): Parties {
  const part = <T>(all: readonly T[]) => all.slice(Math.round(from * all.length), Math.round(to * all.length));
  return {
    trainers: part(mix(NODES, 0, [honest, honest], (one, i) => trainer(one, i, TRAINER_STAKE))),
    validators: part(mix(VALIDATORS, 0, [honestValidator, honestValidator], (one) => validator(one, VALIDATOR_STAKE))),
  };
}

/** Two tasks at once: that of the others, with multiplier 1 and 4,000 COVEY, and one that the washer makes for itself. */
export async function wash(
  core: Core,
  source: Source,
  seeds: number,
  heard: (done: string) => void,
): Promise<WashRow[]> {
  const all = Array.from({ length: seeds }, (_, i) => worldOf(core, { ...setting, seed: i + 1 }, source));
  const played = (who: Parties, funders: PlayParameters['funders'], multiplier: number) =>
    Promise.all(
      all.map((world) =>
        play({
          world,
          ...who,
          policy: initialPolicy(),
          funders: funders!,
          creationStake: policyNumbers.creationStake.initial,
          emission: { ...terms, multiplier: BigInt(multiplier) * ONE },
        }),
      ),
    );
  const rows: WashRow[] = [];
  for (const share of [0.25, 0.5]) {
    const others = [{ name: 'others', amount: 4000n * TOKEN }];
    const together = await played(parties(0, 1), others, 1);
    const elsewhere = together.map((one) => mine(one, share));
    for (const multiplier of [0, 1]) {
      const own = (amount: bigint) => played(parties(0, share), [{ name: 'washer', amount }], multiplier);
      rows.push(
        ...(await rowsOf(
          { what: 'a task of its own', share, multiplier, elsewhere },
          [LEAST, 4000n * TOKEN, 40_000n * TOKEN],
          own,
        )),
      );
      heard(`own task, ${share}, multiplier ${multiplier}`);
    }
    const joined = (amount: bigint) => played(parties(0, 1), [...others, { name: 'washer', amount }], 1);
    rows.push(
      ...(await rowsOf(
        { what: 'the others’ task', share, multiplier: 1, elsewhere },
        [0n, 4000n * TOKEN, 40_000n * TOKEN],
        joined,
      )),
    );
    heard(`the others’ task, ${share}`);
  }
  return rows;
}

/** What the washer's nodes and validators were paid. */
function mine({ trainers, validators }: Play, share: number): number {
  const first = <T>(list: readonly T[], of: number) => list.slice(0, Math.round(share * of));
  return paid(first(trainers, NODES)) + paid(first(validators, VALIDATORS));
}

async function rowsOf(
  { elsewhere, ...what }: Pick<WashRow, 'what' | 'share' | 'multiplier'> & { elsewhere: number[] },
  amounts: readonly bigint[],
  played: (amount: bigint) => Promise<Play[]>,
): Promise<WashRow[]> {
  const rows: WashRow[] = [];
  let before: { spent: number; profit: number }[] | undefined;
  for (const amount of amounts) {
    const plays = (await played(amount)).map((one) => {
      const spent = tokens(amount - one.budget.worth('washer'));
      const pay = mine(one, what.share);
      const minted = tokens(one.rounds.reduce((sum, round) => sum + round.minted, 0n));
      return { spent, pay, minted, profit: pay - spent };
    });
    const less = before;
    const of = (value: (one: (typeof plays)[number], i: number) => number) => estimate(plays.map(value));
    rows.push({
      ...what,
      funded: tokens(amount),
      seeds: plays.length,
      spent: of(({ spent }) => spent),
      pay: of(({ pay }) => pay),
      minted: of(({ minted }) => minted),
      profit: of(({ profit }) => profit),
      perSpent: less ? of(({ spent, profit }, i) => (profit - less[i]!.profit) / (spent - less[i]!.spent)) : null,
      elsewhere: estimate(elsewhere),
    });
    before = plays;
  }
  return rows;
}
