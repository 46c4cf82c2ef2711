import type { Architecture, Dataset } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import type { Core } from '@covey/wasm-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../data/random.ts';
import {
  attackNamed,
  simulateTask,
  TOKEN,
  type RoundRecord,
  type SimulatedTask,
  type SimulateTaskParameters,
} from './index.ts';
import { dealOut } from './split.ts';

let core: Core;
beforeAll(async () => void (core = await loadNodeCore()));

/** Three features, and twice the first less the second. */
function sums(samples: number): Dataset {
  const { normal } = seededRandom(1);
  const inputs = Float32Array.from({ length: 3 * samples }, () => normal());
  const targets = Float32Array.from({ length: samples }, (_, i) => 2 * inputs[3 * i]! - inputs[3 * i + 1]!);
  return { inputs, features: 3, targets };
}

/** Windows of five bytes that count up by one. */
function counting(samples: number): Dataset {
  const inputs = Uint8Array.from({ length: 5 * samples }, (_, i) => (Math.floor(i / 5) + (i % 5)) % 16);
  return { inputs, features: 5 };
}

const linear: Architecture = {
  layers: [{ type: 'dense', inputs: 3, outputs: 1 }],
  input: 'f32',
  loss: 'squared-error',
  targets: 'f32',
};
const bytes: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 4, width: 16 },
    { type: 'dense', inputs: 16, outputs: 256 },
  ],
  input: 'tokens',
};
const task = (architecture: Architecture, more: Partial<SimulatedTask> = {}): SimulatedTask => ({
  mode: 'federated',
  ranking: 'contribution',
  aggregation: { rule: 'attributed-mean', publicEpochs: 1, clip: 0 },
  architecture,
  training: { epochs: 1, batchSize: 8, learningRate: 0.05, momentum: 0 },
  rounds: 2,
  minTrainerStake: 0n,
  minValidatorStake: 0n,
  budget: 1000n * TOKEN,
  seed: 1,
  ...more,
});
const simulated = (more: Partial<SimulateTaskParameters> & Pick<SimulateTaskParameters, 'data' | 'task'>) =>
  simulateTask({ core, nodes: 4, split: { how: 'iid' }, seed: 1, hostile: [], validators: 5, ...more });

describe('a task that is played before it is paid for', () => {
  it.each([
    ['regression', () => sums(400), task(linear)],
    ['text', () => counting(400), task(bytes, { training: { epochs: 3, batchSize: 8, learningRate: 1, momentum: 0 } })],
    ['an arena', () => sums(400), task(linear, { mode: 'arena', ranking: 'loss', aggregation: { rule: 'fedavg' } })],
    ['a classic rule', () => sums(400), task(linear, { ranking: 'loss', aggregation: { rule: 'median' } })],
  ])('learns and pays: %s', async (_, data, of) => {
    const seen: RoundRecord[] = [];
    const { before, measure, rounds, trainers, validators, budget } = await simulated({
      data: data(),
      task: of,
      onRound: (record) => seen.push(record),
    });
    expect(seen).toEqual(rounds);
    expect(measure.loss).toBeLessThan(before.loss / 1.5);
    const earned = [...trainers, ...validators].reduce((sum, account) => sum + account.earned, 0n);
    const fees = rounds.reduce((sum, { fee }) => sum + fee, 0n);
    expect(earned).toBeGreaterThan(500n * TOKEN);
    // Wei that no unit of the budget buys stay in it.
    expect(1000n * TOKEN - earned - fees - budget.worth('creator')).toBeLessThan(10n);
  });

  it('plays hostile nodes beside others, and noise where privacy is asked for', async () => {
    const plain = await simulated({ data: sums(400), task: task(linear) });
    const noised = await simulated({ data: sums(400), task: task(linear), privacy: { clip: 1, noise: 0.5 } });
    expect(noised.model).not.toEqual(plain.model);
    const hostile = [{ strategy: attackNamed('sign-flip'), share: 0.25 }];
    const { trainers } = await simulated({ data: sums(400), task: task(linear), hostile });
    expect(trainers.map(({ strategy }) => strategy)).toEqual(['sign flip', 'honest', 'honest', 'honest']);
    expect(trainers[0]!.earned).toBe(0n);
  });

  it('takes a dataset a node, and validation beside', async () => {
    const { world } = await simulated({
      data: [sums(10), sums(20)],
      nodes: 2,
      validation: sums(30),
      shardSamples: 8,
      task: task(linear),
    });
    expect(world.parts.map(({ samples }) => samples)).toEqual([10, 20]);
    expect([...world.shards, world.holdout].map(({ samples }) => samples)).toEqual([8, 8, 14]);
  });

  it('gives all samples away by sizes, one at least to each', () => {
    const sizes = dealOut(sums(1000), { nodes: 20, split: { how: 'sizes', alpha: 0.2 }, seed: 1 }).map(
      ({ inputs }) => inputs.length / 3,
    );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...sizes)).toBeGreaterThan(150);
    expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThan(980);
  });

  it.each([
    ['other samples than the task’s', { data: counting(100) }, 'PROTOCOL_INVALID_DATASET'],
    ['fewer samples than nodes', { nodes: 400 }, 'DATA_BAD_SPLIT'],
    ['labels’ split of what has none', { split: { how: 'dirichlet', alpha: 1 } }, 'DATA_BAD_SPLIT'],
    ['larger shards than there are samples', { shardSamples: 300 }, 'DATA_BAD_SPLIT'],
    ['a dataset a node without validation', { data: [sums(10)], nodes: 1 }, 'CONFIG_INVALID'],
    ['an attack on images', { hostile: [{ strategy: attackNamed('backdoor'), share: 0.2 }] }, 'CONFIG_INVALID'],
    ['more hostile nodes than all', { hostile: [{ strategy: attackNamed('zeros'), share: 2 }] }, 'CONFIG_INVALID'],
  ] satisfies [string, Partial<SimulateTaskParameters>, string][])('refuses %s', async (_, change, code) => {
    await expect(simulated({ data: sums(400), task: task(linear), ...change })).rejects.toMatchObject({ code });
  });
});
