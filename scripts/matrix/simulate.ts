import { dirichletSplit } from '@covey/nodes';
import type { LabelledDataset } from '@covey/protocol';
import { leastUpdates, type Core, type Layer, type Rule, isCoreError } from '@covey/wasm-core';
import { flippedLabels } from '@covey/wasm-core/attacks';
import type { Threat } from './configurations.ts';

export interface Setting {
  nodes: number;
  hostile: number;
  rounds: number;
  /** Training samples of all nodes together. */
  samples: number;
  /** Of the Dirichlet split of labels over nodes. */
  alpha: number;
  hidden: number;
  seed: number;
}

export const defaults: Setting = {
  nodes: 18,
  hostile: 3,
  rounds: 8,
  samples: 3000,
  alpha: 1,
  hidden: 24,
  seed: 1,
};

const CLASSES = 10;

export interface Federation {
  core: Core;
  setting: Setting;
  layers: Layer[];
  /** One a node, the hostile ones last. */
  parts: LabelledDataset[];
  test: LabelledDataset;
}

export function federation(core: Core, setting: Setting, train: LabelledDataset, test: LabelledDataset): Federation {
  const { nodes, samples, alpha, seed, hidden } = setting;
  const { features } = train;
  const some = {
    features,
    inputs: train.inputs.subarray(0, samples * features),
    labels: train.labels.subarray(0, samples),
  };
  const layers: Layer[] = [
    { type: 'dense', inputs: features, outputs: hidden },
    { type: 'relu' },
    { type: 'dense', inputs: hidden, outputs: CLASSES },
  ];
  const minimum = Math.floor(samples / nodes / 4);
  return { core, setting, layers, parts: dirichletSplit(some, { nodes, alpha, seed, minimum }), test };
}

/**
 * Accuracy on the test set after the rounds, each node training one epoch a round from the common model. The bare rule is
 * measured: a round of the protocol would also keep the base where the aggregate does not lower the loss.
 */
export function accuracyUnder({ core, setting, layers, parts, test }: Federation, rule: Rule, threat: Threat): number {
  let model = core.initialise(layers, setting.seed);
  for (let round = 0; round < setting.rounds; round++) {
    const next = nextModel(model, round);
    if (!next) break;
    model = next;
  }
  const { correct, count } = core.evaluate({ layers, parameters: model, inputs: test.inputs, labels: test.labels });
  return correct / count;

  /** Undefined where the model has left the numbers that training can go on from. */
  function nextModel(base: Float32Array, round: number): Float32Array | undefined {
    try {
      const first = parts.length - setting.hostile;
      const updates = parts.map(({ inputs, labels }, node) => {
        const flipped = threat.kind === 'labels' && node >= first;
        const trained = core.train({
          layers,
          parameters: base,
          inputs,
          labels: flipped ? flippedLabels(labels, CLASSES) : labels,
          epochs: 1,
          batchSize: 32,
          learningRate: 0.1,
          momentum: 0,
          seed: setting.seed * 1000 + round * 100 + node,
        });
        return core.subtract(trained, base);
      });
      const honest = updates.slice(0, first);
      const own = updates.slice(first);
      const sent = threat.kind === 'updates' ? threat.attack({ honest, own, seed: setting.seed + round }) : own;
      // A round gives what is not finite a verdict, and aggregates the others.
      const counted = [...honest, ...sent].filter((update) => core.isFinite(update));
      // Too few for the rule: the base stays.
      if (counted.length < leastUpdates(rule)) return base;
      return core.add(base, core.aggregate(rule, counted).result);
    } catch (error) {
      if (isCoreError(error) && ['CORE_OVERFLOW', 'CORE_DIVERGED'].includes(error.code)) return undefined;
      throw error;
    }
  }
}
