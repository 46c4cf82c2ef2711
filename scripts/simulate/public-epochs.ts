import {
  attackNamed,
  estimate,
  honest,
  honestValidator,
  initialPolicy,
  mix,
  play,
  trainer,
  validator,
  type Account,
  type Estimate,
} from '@covey/nodes/simulation';
import type { Core } from '@covey/wasm-core';
import { referenceSetting, type Setting } from './setting.ts';
import { worldOf, type Source } from './world.ts';

/** What longer or shorter public training does to a play of eight rounds. */
export interface PublicEpochsRow {
  what: string;
  alpha: number;
  publicEpochs: number;
  attack: string;
  hostile: number;
  seeds: number;
  accuracy: Estimate;
  /** A hostile node's pay over an honest one's, in the whole play and in its second half. */
  pay: Estimate;
  latePay: Estimate;
  /** The most of any seed in the second half. */
  most: number;
  /** Honest nodes with pay, of all, a round of the second half. */
  paidHonest: Estimate;
  /** Of the training nodes' part of the second half, what they were paid together. */
  paidOut: Estimate;
}

const ROUNDS = 8;
const many: Setting = { ...referenceSetting, rounds: ROUNDS };
/** As in the demo: few nodes, momentum, two epochs. */
const few: Setting = {
  ...many,
  nodes: 8,
  samplesPerNode: 600,
  training: { epochs: 2, batchSize: 32, learningRate: 0.05, momentum: 0.9 },
};
const settings: [what: string, setting: Setting, hostile: number, alphas: number[]][] = [
  ['8 nodes, momentum', few, 1, [0.5]],
  ['20 nodes', many, 4, [0, 0.5]],
];
const attacks = ['label flip', 'opened shifted', 'honest'];

export async function publicEpochs(
  core: Core,
  source: Source,
  seeds: number,
  heard: (done: string) => void,
): Promise<PublicEpochsRow[]> {
  const rows: PublicEpochsRow[] = [];
  for (const [what, setting, bad, alphas] of settings) {
    for (const alpha of alphas) {
      for (const epochs of [0, 1, 3]) {
        for (const attack of attacks) {
          const plays: Awaited<ReturnType<typeof played>>[] = [];
          for (let seed = 1; seed <= seeds; seed++)
            plays.push(await played(core, source, { ...setting, alpha, seed, rule: ruleOf(epochs) }, attack, bad));
          const of = (value: (one: (typeof plays)[number]) => number) =>
            estimate(plays.map(value).filter(Number.isFinite));
          rows.push({
            ...{ what, alpha, publicEpochs: epochs, attack, hostile: bad, seeds },
            accuracy: of(({ accuracy }) => accuracy),
            pay: of(({ pay }) => pay),
            latePay: of(({ latePay }) => latePay),
            most: Math.max(...plays.map(({ latePay }) => latePay)),
            paidHonest: of(({ paidHonest }) => paidHonest),
            paidOut: of(({ paidOut }) => paidOut),
          });
          const { latePay, accuracy } = rows.at(-1)!;
          heard(`${what} ${alpha} ${epochs} ${attack}: ${accuracy.mean.toFixed(2)}, late ${latePay.mean.toFixed(2)}`);
        }
      }
    }
  }
  return rows;
}

const ruleOf = (epochs: number) => ({ rule: 'attributed-mean' as const, publicEpochs: epochs, clip: 0 });

async function played(core: Core, source: Source, setting: Setting, attack: string, bad: number) {
  const { nodes } = setting;
  const policy = { ...initialPolicy(), trainerSeats: BigInt(nodes) };
  let half: Account[] = [];
  const pools: number[] = [];
  const result = await play({
    world: worldOf(core, setting, source),
    trainers: mix(nodes, bad, [attackNamed(attack), honest], trainer),
    validators: mix(4, 0, [honestValidator, honestValidator], (one) => validator(one)),
    policy,
    onRound: ({ round, pool, fee }, trainers) => {
      if (round === ROUNDS / 2 - 1) half = trainers.map((one) => ({ ...one }));
      if (round >= ROUNDS / 2) pools.push(Number(((pool - fee) * policy.trainerShare) / 10n ** 18n));
    },
  });
  const late = result.trainers.map((one, i) => ({
    earned: Number(one.earned - half[i]!.earned),
    paid: one.paid - half[i]!.paid,
  }));
  const over = (values: readonly number[]) => mean(values.slice(0, bad)) / mean(values.slice(bad));
  return {
    accuracy: result.measure.accuracy,
    pay: over(result.trainers.map(({ earned }) => Number(earned))),
    latePay: over(late.map(({ earned }) => earned)),
    paidHonest: mean(late.slice(bad).map(({ paid }) => paid)) / (ROUNDS / 2),
    paidOut: late.reduce((sum, { earned }) => sum + earned, 0) / pools.reduce((sum, one) => sum + one, 0),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
