import { dirichletSplit, selectRows } from '@covey/nodes';
import { randomOf, rowsOf, seedFrom, streams, type World } from '@covey/nodes/simulation';
import type { LabelledDataset, PlayedTask, Samples } from '@covey/protocol';
import type { Core, Layer } from '@covey/wasm-core';
import { checkSetting, SettingError, type Setting } from './setting.ts';

/** Digits, or other bytes with labels. `tokens` are samples of a network that predicts the next one. */
export interface Source {
  train: LabelledDataset;
  test: LabelledDataset;
  tokens?: Samples;
}

export function worldOf(core: Core, setting: Setting, source: Source): World {
  checkSetting(setting);
  const layers = layersOf(setting.network, source.train.features);
  const task: PlayedTask = {
    mode: 'federated',
    ranking: 'contribution',
    aggregation: setting.rule,
    architecture: { layers, input: setting.network === 'characters' ? 'tokens' : 'u8' },
    training: setting.training,
  };
  const start = core.initialise(layers, seedFrom(setting.seed, streams.world));
  const data = setting.network === 'characters' ? tokensOf(setting, source) : digitsOf(setting, source);
  return { core, seed: setting.seed, task, start, ...data };
}

type Data = Pick<World, 'parts' | 'shards' | 'holdout'>;

function digitsOf(s: Setting, { train, test }: Source): Data {
  const random = randomOf(s.seed, streams.world, 1);
  const own = pick(train.labels.length, s.nodes * s.samplesPerNode, random.shuffle, 'training samples');
  const hidden = pick(
    test.labels.length,
    s.holdoutSamples + s.rounds * s.shardSamples,
    random.shuffle,
    'hidden samples',
  );
  const data = selectRows(train, own);
  const parts =
    s.alpha > 0
      ? dirichletSplit(data, { nodes: s.nodes, alpha: s.alpha, seed: seedFrom(s.seed, streams.world, 2) })
      : equalParts(data.labels.length, s.nodes).map((rows) => selectRows(data, rows));
  const at = (from: number, count: number) => samplesOf(selectRows(test, hidden.subarray(from, from + count)));
  return {
    parts: parts.map(samplesOf),
    holdout: at(0, s.holdoutSamples),
    shards: Array.from({ length: s.rounds }, (_, r) => at(s.holdoutSamples + r * s.shardSamples, s.shardSamples)),
  };
}

function tokensOf(s: Setting, { tokens }: Source): Data {
  if (!tokens) throw new SettingError('the character network needs text', 'none');
  const wanted = s.nodes * s.samplesPerNode + s.holdoutSamples + s.rounds * s.shardSamples;
  const order = pick(tokens.samples, wanted, randomOf(s.seed, streams.world, 1).shuffle, 'windows of text');
  let from = 0;
  const next = (count: number) => rowsOf(tokens, order.subarray(from, (from += count)));
  return {
    parts: Array.from({ length: s.nodes }, () => next(s.samplesPerNode)),
    holdout: next(s.holdoutSamples),
    shards: Array.from({ length: s.rounds }, () => next(s.shardSamples)),
  };
}

function samplesOf({ inputs, labels }: LabelledDataset): Samples {
  return { inputs, labels, samples: labels.length, predictions: labels.length };
}

function pick(of: number, count: number, shuffle: (values: Uint32Array) => Uint32Array, what: string): Uint32Array {
  if (count > of) throw new SettingError(`there are ${of} ${what}`, `${count}`);
  return shuffle(Uint32Array.from({ length: of }, (_, i) => i)).subarray(0, count);
}

function equalParts(samples: number, nodes: number): Uint32Array[] {
  const size = Math.floor(samples / nodes);
  return Array.from({ length: nodes }, (_, n) => Uint32Array.from({ length: size }, (_, i) => n * size + i));
}

function layersOf(network: Setting['network'], inputs: number): Layer[] {
  const dense = (from: number, to: number): Layer => ({ type: 'dense', inputs: from, outputs: to });
  switch (network) {
    case 'dense':
      return [dense(inputs, 32), { type: 'relu' }, dense(32, 10)];
    case 'tiny':
      return [dense(inputs, 10)];
    case 'convolution':
      return [
        { type: 'image', channels: 1, height: 28, width: 28 },
        { type: 'conv2d', inputs: 1, outputs: 8, kernel: [5, 5], stride: [2, 2], padding: [2, 2] },
        { type: 'relu' },
        { type: 'flatten' },
        dense(8 * 14 * 14, 10),
      ];
    case 'characters':
      return characterLayers;
  }
}

/** A transformer of bytes that is small enough to be trained many times. */
const WINDOW = 32;
const WIDTH = 32;
const normed: Layer = { type: 'layer-norm', features: WIDTH };
const characterLayers: Layer[] = [
  { type: 'embedding', vocabulary: 256, length: WINDOW, width: WIDTH },
  { type: 'residual', layers: [normed, { type: 'attention', width: WIDTH, heads: 2, rotary: true }] },
  {
    type: 'residual',
    layers: [
      normed,
      { type: 'dense', inputs: WIDTH, outputs: 64 },
      { type: 'gelu', approximate: 'tanh' },
      { type: 'dense', inputs: 64, outputs: WIDTH },
    ],
  },
  normed,
  { type: 'dense', inputs: WIDTH, outputs: 256 },
];

/** Windows of WINDOW + 1 bytes, as the character network takes them. */
export function windowsOf(text: Uint8Array): Samples {
  const samples = Math.floor((text.length - 1) / WINDOW);
  const inputs = new Uint8Array(samples * (WINDOW + 1));
  for (let i = 0; i < samples; i++) inputs.set(text.subarray(i * WINDOW, (i + 1) * WINDOW + 1), i * (WINDOW + 1));
  return { inputs, samples, predictions: samples * WINDOW };
}
