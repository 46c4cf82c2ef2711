import {
  estimate,
  honest,
  honestValidator,
  initialPolicy,
  mix,
  play,
  randomOf,
  rankCorrelation,
  attackNamed,
  trainer,
  validator,
  type Estimate,
  type Observed,
  type World,
} from '@covey/nodes/simulation';
import type { Core } from '@covey/wasm-core';
import { referenceSetting } from './setting.ts';
import { worldOf, type Source } from './world.ts';

/** How pay of a whole play agrees with Shapley values that were sampled from the same updates. */
export interface ShapleyRow {
  what: string;
  alpha: number;
  seeds: number;
  permutations: number;
  /** Spearman's, over the nodes of a play. */
  correlation: Estimate;
}

/**
 * Shapley values of a round, of the game in which a coalition is worth what the mean of its updates takes off the loss of
 * the round's shard (Wang and others, "A Principled Approach to Data Valuation for Federated Learning", 2020), by sampled
 * orders in pairs of one and its reverse.
 */
function shapley({ core, task, shards }: World, seen: Observed, permutations: number): Map<number, number> {
  const { layers, arithmetic } = task.architecture;
  const dataset = shards[seen.round]!;
  const updates = seen.sent.flatMap(({ node, update }) => (update && core.isFinite(update) ? [{ node, update }] : []));
  const values = new Map(updates.map(({ node }) => [node, 0]));
  const loss = (parameters: Float32Array) => {
    const { inputs, labels } = dataset;
    return (
      Number(core.evaluate({ layers, arithmetic, parameters, inputs, labels }).loss) / 2 ** 32 / dataset.predictions
    );
  };
  const start = loss(seen.base);
  const random = randomOf(seen.round, permutations);
  for (let k = 0; k < permutations; k += 2) {
    const order = random.shuffle(updates.map((_, i) => i));
    for (const one of [order, order.toReversed()]) {
      const sum = new Float64Array(seen.base.length);
      let before = start;
      one.forEach((at, place) => {
        const { node, update } = updates[at]!;
        for (let c = 0; c < sum.length; c++) sum[c]! += update[c]!;
        const after = loss(Float32Array.from(seen.base, (value, c) => value + sum[c]! / (place + 1)));
        values.set(node, values.get(node)! + (before - after) / permutations);
        before = after;
      });
    }
  }
  return values;
}

export async function shapleyStudy(
  core: Core,
  source: Source,
  seeds: number,
  heard: (done: string) => void,
): Promise<ShapleyRow[]> {
  const permutations = 10;
  const rows: ShapleyRow[] = [];
  const mixed = ['label flip', 'sign flip', 'lazy, 10 % of data', 'opened shifted', 'replay of one', 'zeros'];
  for (const what of ['honest', 'mixed']) {
    for (const alpha of [0, 0.5]) {
      const correlations: number[] = [];
      for (let seed = 1; seed <= seeds; seed++) {
        const setting = { ...referenceSetting, alpha, seed, shardSamples: 500 };
        const world = worldOf(core, setting, source);
        const { nodes } = setting;
        const trainers = mix(nodes, 0, [honest, honest], (strategy, i) =>
          trainer(what === 'mixed' && i < mixed.length ? attackNamed(mixed[i]!) : strategy, i),
        );
        const values = trainers.map(() => 0);
        const result = await play({
          world,
          trainers,
          validators: mix(1, 0, [honestValidator, honestValidator], (one) => validator(one)),
          policy: { ...initialPolicy(), trainerSeats: BigInt(nodes) },
          observe: (seen) => {
            for (const [node, value] of shapley(world, seen, permutations)) values[node]! += value;
            return Promise.resolve();
          },
        });
        correlations.push(
          rankCorrelation(
            values,
            result.trainers.map(({ earned }) => Number(earned)),
          ),
        );
        heard(`${what} ${alpha} seed ${seed}: ${correlations.at(-1)!.toFixed(2)}`);
      }
      rows.push({ what, alpha, seeds, permutations, correlation: estimate(correlations) });
    }
  }
  return rows;
}
