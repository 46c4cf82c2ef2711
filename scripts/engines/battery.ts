// One fixed set of everything that the core computes, and a hash of the bits of each. Runs in any engine.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  arithmetics,
  featureTypes,
  integerType,
  layerTypes,
  lossTypes,
  networkLayout,
  preAggregators,
  rules,
  suitedRule,
  targetTypes,
  valueTypes,
  type Attribution,
  type Core,
  type EvaluateParameters,
  type Evaluation,
  type Layer,
  type Rule,
  type Values,
  type ValueType,
} from '@covey/wasm-core';
import { networkHashes } from '@covey/wasm-core/models/network-hashes';

export type Hashes = Record<string, string>;

const columns = 70_001;

const updateCount = 11;
const hostile = 2;

/** Parameters under which a rule's bits were committed, where they are not those that suit it now. */
const committed: { [Name in Rule['rule']]?: Omit<Extract<Rule, { rule: Name }>, 'rule' | 'pre'> } = {
  fedavg: { weights: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5] },
  'norm-clip': { clip: 5 },
  'multi-krum': { byzantine: 2, select: 5 },
  'centred-clip': { radius: 2, iterations: 3 },
};

const measured: Rule[] = [
  ...rules.map(({ name }) => ({ ...suitedRule(name, [], updateCount, hostile), ...committed[name] }) as Rule),
  ...preAggregators.map(({ name }) => suitedRule('geometric-median', [name], updateCount, hostile)),
  { rule: 'trimmed-mean', trim: 2, pre: [{ pre: 'nnm', byzantine: 2 }] },
  { rule: 'median', pre: [{ pre: 'bucketing', size: 2, seed: 7 }] },
  { rule: 'fedavg', pre: [{ pre: 'arc', byzantine: 2 }] },
];

/** Under which updates are paid for by effective weights: of rows, of columns, and of columns of mixtures. */
const attributed: Rule[] = [
  { rule: 'krum', byzantine: 4 },
  { rule: 'trimmed-mean', trim: 3 },
  { rule: 'median', pre: [{ pre: 'nnm', byzantine: 4 }] },
];

const [crossEntropy, squaredError] = (['cross-entropy', 'squared-error'] as const).map((name) =>
  lossTypes.find((loss) => loss.name === name)!,
) as [(typeof lossTypes)[number], (typeof lossTypes)[number]];

/** Bytes take all their values, other numbers lie within ±4. */
const scale = (type: ValueType): number => (type === 'u8' ? 256 : 8);

const networks: Record<string, Layer[]> = {
  dense: [{ type: 'dense', inputs: 64, outputs: 24 }, { type: 'gelu' }, { type: 'dense', inputs: 24, outputs: 5 }],
  convolution: [
    { type: 'image', channels: 1, height: 8, width: 8 },
    { type: 'conv2d', inputs: 1, outputs: 6, kernel: [3, 3], padding: [1, 1] },
    { type: 'silu' },
    { type: 'flatten' },
    { type: 'dense', inputs: 6 * 64, outputs: 5 },
  ],
};

const transformer: Layer[] = [
  { type: 'embedding', vocabulary: 61, length: 12, width: 16 },
  {
    type: 'residual',
    layers: [
      { type: 'rms-norm', features: 16 },
      { type: 'attention', width: 16, heads: 2, rotary: true },
    ],
  },
  { type: 'layer-norm', features: 16 },
  { type: 'dense', inputs: 16, outputs: 61 },
];

export async function runBattery(core: Core): Promise<Hashes> {
  const hashes: Hashes = { scorer: core.sha256 };
  const random = generator();
  const real = (): number => (random() - 0.5) * 2 ** Math.floor(random() * 12 - 6);
  const updates = Array.from({ length: updateCount }, (_, row) =>
    Float32Array.from({ length: columns }, () => real() * (row === 4 ? 30 : 1)),
  );
  for (const rule of measured) {
    const name = ['aggregate', rule.rule, ...(rule.pre ?? []).map(({ pre }) => pre)].join(' ');
    const { result, selected } = core.aggregate(rule, updates);
    hashes[name] = hash(bytesOf(result), selected?.join() ?? '');
  }

  const inputs = Uint8Array.from({ length: 300 * 64 }, () => random() * 256);
  const labels = Uint8Array.from({ length: 300 }, () => random() * 5);
  for (const [name, layers] of Object.entries(networks)) scoreAndTrain(name, { layers, inputs, labels });
  const tokens = Uint8Array.from({ length: 40 * 13 }, () => random() * 61);
  scoreAndTrain('transformer', { layers: transformer, inputs: tokens, labels: undefined });

  const session = core.session({ layers: transformer, parameters: core.initialise(transformer, 5) });
  const texts = [session.open(), session.open()];
  const extend = (...parts: number[][]) =>
    session.extend(parts.map((part, i) => ({ text: texts[i]!, tokens: part }))).map(bytesOf);
  hashes['session'] = hash(...extend([1, 2, 3], [60]), ...extend([4], [5, 6]), ...extend([7, 8, 9, 10, 11, 12]));
  session.close();

  function scoreAndTrain(name: string, data: { layers: Layer[]; inputs: Uint8Array; labels: Uint8Array | undefined }) {
    const given = { layers: data.layers, inputs: data.inputs, ...(data.labels ? { labels: data.labels } : {}) };
    const start = core.initialise(data.layers, 5);
    const settings = { epochs: 2, batchSize: 16, learningRate: 0.01, momentum: 0.9, seed: 3 };
    for (const optimizer of ['sgd', 'adam'] as const) {
      const parameters = core.train({ ...given, parameters: start, ...settings, optimizer });
      const { loss, correct } = core.evaluate({ ...given, parameters });
      const probabilities = core.predict({ layers: data.layers, inputs: data.inputs, parameters });
      hashes[`${name} ${optimizer}`] = hash(bytesOf(parameters), bytesOf(probabilities), `${loss} ${correct}`);
    }
  }

  for (const { name, example } of layerTypes) {
    for (const loss of lossTypes) scoreExample(`layer ${name}, ${loss.name}`, example as unknown as Layer[], loss);
  }
  for (const { name, example } of layerTypes.filter(({ place }) => place !== 'inside')) {
    const layers = example as unknown as Layer[];
    if (networkLayout(layers).input.kind !== 'features') continue;
    for (const inputs of featureTypes) {
      for (const targets of targetTypes) {
        scoreExample(`layer ${name}, ${inputs} to ${targets}`, layers, squaredError, { inputs, targets });
      }
      scoreExample(`layer ${name}, ${inputs} to classes`, layers, crossEntropy, { inputs, targets: 'u8' });
    }
  }
  for (const count of [300, 70_000]) {
    const wide: Layer[] = [{ type: 'dense', inputs: 3, outputs: count }];
    scoreExample(`${count} classes`, wide, crossEntropy);
    scoreExample(
      `${count} tokens`,
      [
        { type: 'embedding', vocabulary: count, length: 3, width: 2 },
        { type: 'dense', inputs: 2, outputs: count },
      ],
      crossEntropy,
    );
  }

  function scoreExample(
    name: string,
    layers: Layer[],
    loss: (typeof lossTypes)[number],
    types: { inputs: ValueType; targets: ValueType } = { inputs: 'u8', targets: 'u8' },
  ) {
    const { input, classes } = networkLayout(layers);
    // Numbers of its own: another layer in the registry changes the hashes of none.
    const random = generator();
    const numbers = (type: ValueType, length: number, below: number): Values => {
      const values = new valueTypes[type].Array(length);
      // Real and signed numbers lie around 0.
      const shift = type === 'f32' || type === 'i32' ? 0.5 : 0;
      return values.map(() => (random() - shift) * below);
    };
    if (input.kind === 'tokens' && loss.tokenCode === undefined) return;
    const data =
      input.kind === 'tokens'
        ? { inputs: numbers(integerType(input.vocabulary), 9 * (input.size + 1), input.vocabulary) }
        : {
            inputs:
              input.kind === 'text'
                ? numbers(integerType(input.vocabulary), 9 * input.size, input.vocabulary)
                : numbers(types.inputs, 9 * input.size, scale(types.inputs)),
            labels:
              loss.targets === 'class'
                ? numbers(integerType(classes), 9, classes)
                : numbers(types.targets, 9 * classes, scale(types.targets)),
          };
    const given = { ...(data as Pick<EvaluateParameters, 'inputs' | 'labels'>), layers, loss: loss.name };
    const start = core.initialise(layers, 5);
    const settings = { epochs: 2, batchSize: 4, learningRate: 0.1, momentum: 0.9, seed: 3 };
    const parameters = core.train({ ...given, parameters: start, ...settings });
    const { loss: total, correct } = core.evaluate({ ...given, parameters });
    hashes[name] = hash(bytesOf(parameters), `${total} ${correct}`);
    // Where training ended in numbers that integers have to hold.
    const scores = arithmetics.map((arithmetic) => core.evaluate({ ...given, parameters, arithmetic }));
    hashes[`${name}, integers`] = hash(scores.map((score) => `${score.loss} ${score.correct}`).join());
  }

  const values = updates[0]!;
  const quantised = core.codec.quantise(values.subarray(0, 70_000), 70);
  hashes['codec int8'] = hash(
    bytesOf(quantised.data),
    bytesOf(quantised.scales),
    bytesOf(core.codec.dequantise(quantised)),
  );
  const sparse = core.codec.topK(values, 999);
  hashes['codec top-k'] = hash(bytesOf(sparse.indices), bytesOf(sparse.values), bytesOf(sparse.residual));
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  hashes['codec noise'] = hash(bytesOf(core.codec.privatise({ values, clip: 1, noise: 1, key })));
  const rows = [
    quantised.data.subarray(0, 999),
    quantised.data.subarray(999, 1998),
    quantised.data.subarray(2000, 2999),
  ];
  hashes['codec int8 mean'] = hash(bytesOf(core.codec.int8Mean({ rows, weights: [1, 5, 32_767], scale: 0.1 })));
  return { ...hashes, ...(await attributionHashes(core)), ...networkHashes(core) };
}

/** A round of seven updates, one of them hostile, one faint, on a shard that the gradient takes in two chunks. */
async function attributionHashes(core: Core): Promise<Hashes> {
  const random = generator();
  const layers = networks['dense']!;
  const samples = {
    layers,
    inputs: Uint8Array.from({ length: 50 * 64 }, () => random() * 256),
    labels: Uint8Array.from({ length: 50 }, () => random() * 5),
  };
  const base = core.initialise(layers, 8);
  const known = core.gradient({ ...samples, parameters: base });
  const updates = Array.from({ length: 7 }, (_, i) => {
    const noisy = known.map((slope) => (random() - 0.5) / 50 - slope * (i === 2 ? -1 : 1));
    return i === 5 ? noisy.map((value) => value / 1000) : noisy;
  });
  const hashes: Hashes = { gradient: hash(bytesOf(known)) };
  const given = {
    base: { parameters: base, evaluation: core.evaluate({ ...samples, parameters: base }) },
    updates,
    seats: [1, 5, 3, 2, 2, 4, 1],
    publicDirections: [base, updates[3]!],
    known: known.map((slope, i) => slope + base[i]! / 20),
    predictions: 50,
    evaluate: (parameters: Float32Array) => Promise.resolve(core.evaluate({ ...samples, parameters })),
    gradient: (parameters: Float32Array) => Promise.resolve(core.gradient({ ...samples, parameters })),
  };
  const add = (name: string, { outcome, updates: found }: Attribution<Evaluation>): void => {
    const each = found.map(({ role, contribution }) => `${role} ${contribution}`).join();
    hashes[name] = hash(bytesOf(outcome!.delta), each);
  };
  for (const clip of [0, 3]) add(`attributed mean, clip ${clip}`, await core.attributedMean({ ...given, clip }));
  // A rule takes one step as it comes, which must lower the loss.
  const short = updates.map((update) => update.map((value) => value / 10));
  for (const rule of attributed) {
    const name = ['attributed', rule.rule, ...(rule.pre ?? []).map(({ pre }) => pre)].join(' ');
    add(name, await core.attributedRule(rule, { ...given, updates: short }));
  }
  return hashes;
}

/** Park and Miller's, in integers: the same on every host. */
function generator(): () => number {
  let state = 2026;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function hash(...parts: (Uint8Array | string)[]): string {
  const digest = sha256.create();
  for (const part of parts) digest.update(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  return bytesToHex(digest.digest());
}
