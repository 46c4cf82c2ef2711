import {
  arithmetics,
  featureTypes,
  integerType,
  layerTypes,
  loraTensors,
  lossTypes,
  nameOfArithmetic,
  networkLayout,
  preAggregators,
  rules,
  serverOptimisers,
  shardRules,
  targetTypes,
  valueTypes,
  type Core,
  type EvaluateParameters,
  type Evaluation,
  type Field,
  type Layer,
  type Parameter,
  type Parameters,
  type RuleAttributionParameters,
  type Values,
  type ValueType,
} from '@covey/wasm-core';
import type { Random } from './random.ts';
import type { Target } from './target.ts';

const layers: Layer[] = [
  { type: 'dense', inputs: 5, outputs: 3 },
  { type: 'relu' },
  { type: 'dense', inputs: 3, outputs: 2 },
];
const parameterCount = 26;

const strange: readonly unknown[] = [
  ...[NaN, -1, 0, 1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, Infinity],
  ...[undefined, null, 'x', [], {}],
];

/** Calls with arguments that are nearly right: other lengths, types, bounds and values. Every method of the core has its turn. */
export function coreTarget(core: Core, random: Random): Target {
  const calls: (() => Answer | Promise<Answer>)[] = [
    () => aggregate(core, random),
    () => aggregate(core, random),
    () => aggregate(core, random),
    () => adaptive(core, random),
    () => network(core, random),
    () => network(core, random),
    () => network(core, random),
    () => attributed(core, random),
    () => attributed(core, random),
    () => ({ result: gradient(core, random), names: ['gradient'] }),
    ...plainCalls(core, random).map((call) => () => ({ result: call(), names: [] })),
  ];
  return {
    name: 'core',
    run: async () => {
      const { result, names } = await random.one(calls)();
      if (result instanceof Float32Array && !result.every(Number.isFinite)) throw new Error('a result is not finite');
      return names;
    },
  };
}

interface Answer {
  result: unknown;
  names: readonly string[];
}

/** Usual, or now and then anything. */
function nearly(random: Random, usual: unknown): number {
  return (random.below(8) ? usual : random.one(strange)) as number;
}

/** One array in so many has another length, one in so many a value that is none or too large. */
function floats(random: Random, length: number, oneIn = 8): Float32Array {
  const right = random.below(oneIn) > 0;
  const array = Float32Array.from({ length: right ? length : random.below(40) }, () => random.unit() - 0.5);
  if (array.length > 0 && !random.below(oneIn)) array[random.below(array.length)] = random.one([NaN, Infinity, 3e38]);
  return array;
}

function bytes(random: Random, length: number): Uint8Array {
  return random.bytes(random.below(5) ? length : random.below(60));
}

function aggregate(core: Core, random: Random): Answer {
  const updates = Array.from({ length: random.below(16) }, () => floats(random, 20, 100));
  const rule = random.one(rules);
  const steps = Array.from({ length: random.below(3) }, () => random.one(preAggregators));
  const pre = steps.map(({ name, parameters }) => ({ pre: name, ...values(random, parameters, updates.length) }));
  const unknown = !random.below(20);
  const { result } = core.aggregate(
    {
      rule: unknown ? random.one(['other', 'toString', undefined]) : rule.name,
      ...values(random, rule.parameters, updates.length),
      ...(pre.length > 0 && { pre: random.below(12) ? pre : random.one(strange) }),
    } as never,
    updates,
  );
  return { result, names: [`rule ${rule.name}`, ...steps.map(({ name }) => `pre-aggregator ${name}`)] };
}

/** A round of a few updates on a shard of three samples: by any rule, and what each update gave. */
async function attributed(core: Core, random: Random): Promise<Answer> {
  const shard = { layers, inputs: random.bytes(15), labels: random.bytes(3).map((label) => label & 1) };
  const evaluate = (parameters: Float32Array) => Promise.resolve(core.evaluate({ ...shard, parameters }));
  const base = random.below(4) ? core.initialise(layers, random.below(99)) : floats(random, parameterCount, 50);
  const updates = Array.from({ length: random.below(9) }, () => floats(random, parameterCount, 200));
  const seats = updates.map(() => nearly(random, 1 + random.below(4)));
  const shardRule = random.below(3) === 0 ? random.one(shardRules) : undefined;
  const rule = random.one(rules);
  const given = {
    base: { parameters: base, evaluation: await evaluate(base) },
    updates,
    seats: random.below(30) ? seats : random.one(strange),
    publicDirections: Array.from({ length: random.below(4) }, () => floats(random, parameterCount, 200)),
    known: random.below(3) ? floats(random, parameterCount, 200) : undefined,
    predictions: nearly(random, 3),
    evaluate,
    gradient: (parameters: Float32Array) => Promise.resolve(core.gradient({ ...shard, parameters })),
  } as RuleAttributionParameters<Evaluation>;
  const { outcome, updates: found } = shardRule
    ? await core.attributedMean({ ...given, clip: nearly(random, random.below(3)) })
    : await core.attributedRule({ rule: rule.name, ...values(random, rule.parameters, seats.length) } as never, given);
  for (const { role, contribution } of found) {
    if (contribution < 0n || (contribution > 0n && role !== 'selected')) throw new Error('a contribution is wrong');
  }
  return { result: outcome?.parameters, names: [`attributed rule ${(shardRule ?? rule).name}`] };
}

function gradient(core: Core, random: Random): Float32Array {
  const labels = bytes(random, 3).map((label) => label & 3);
  return core.gradient({ layers, parameters: floats(random, parameterCount), inputs: bytes(random, 15), labels });
}

function adaptive(core: Core, random: Random): Answer {
  const optimiser = random.one(serverOptimisers);
  const result = core.adaptive({
    rule: optimiser.name,
    ...values(random, optimiser.parameters, 3),
    start: floats(random, 9),
    deltas: Array.from({ length: random.below(4) }, () => floats(random, 9, 20)),
    learningRate: nearly(random, 0.1),
  } as never);
  return { result, names: [`server optimiser ${optimiser.name}`] };
}

/** A network of every kind in turn, one field of one layer now and then anything, trained a step and scored. */
function network(core: Core, random: Random): Answer {
  const type = random.one(layerTypes);
  const loss = random.one(lossTypes);
  const built = type.example.map((layer) => (random.below(10) ? layer : bent(random, layer))) as unknown as Layer[];
  const { input, classes, parameterCount: count } = networkLayout(built);
  const each = input.kind === 'tokens' ? input.size + 1 : input.size;
  const inputType = input.kind === 'features' ? random.one(featureTypes) : integerType(input.vocabulary);
  const targetType = loss.targets === 'class' ? integerType(classes) : random.one(targetTypes);
  const inputs = numbers(random, inputType, 2 * each, input.kind === 'features' ? 256 : input.vocabulary);
  const bound = loss.targets === 'class' && random.below(8) ? classes : 256;
  const labels = numbers(random, targetType, loss.targets === 'class' ? 2 : 2 * classes, bound);
  const data = {
    layers: built,
    loss: loss.name,
    ...({ inputs, ...(input.kind !== 'tokens' && { labels }) } as Given),
  };
  const settings = { epochs: 1, batchSize: 2, learningRate: 0.1, momentum: 0, seed: 1 };
  // Random numbers are no variances, so a batch norm would seldom get through with them.
  const start = random.below(2) ? core.initialise(built, random.below(9)) : floats(random, count, 20);
  const parameters = core.train({ ...data, ...settings, parameters: start });
  core.evaluate({ ...data, parameters });
  const arithmetic = random.one(arithmetics);
  const near = random.below(8) ? arithmetic : random.one([...strange, { ...arithmetic, group: random.one(strange) }]);
  const rank = 1 + random.below(3);
  const adapters = loraTensors(built, rank).reduce((sum, { length }) => sum + length, 0);
  const lora = random.below(2)
    ? { adapters: floats(random, adapters, 30), rank: nearly(random, rank), alpha: nearly(random, 2) }
    : undefined;
  core.evaluate({ ...data, parameters, arithmetic: near as never, lora });
  const types =
    input.kind === 'tokens'
      ? []
      : [
          ...(input.kind === 'features' ? [`features ${inputType}`] : []),
          ...(loss.targets === 'class' ? [] : [`targets ${targetType}`]),
        ];
  return {
    result: parameters,
    names: [`arithmetic ${nameOfArithmetic(arithmetic)}`, `layer ${type.name}`, `loss ${loss.name}`, ...types],
  };
}

type Given = Pick<EvaluateParameters, 'inputs' | 'labels'>;

/** Nearly of that type, length and bound. */
function numbers(random: Random, type: ValueType, length: number, bound: number): Values | Float32Array {
  if (type === 'f32') return floats(random, length, 20);
  const made = random.below(30) ? type : random.one(Object.keys(valueTypes) as ValueType[]);
  const values = new valueTypes[made].Array(random.below(5) ? length : random.below(60));
  return values.map(() => random.below(bound) - (type === 'i32' ? 128 : 0));
}

function bent(random: Random, layer: Readonly<Record<string, unknown>>): unknown {
  const type = layerTypes.find(({ name }) => name === layer['type']);
  const field = random.one(['type', ...Object.keys(type?.fields ?? {})]);
  return { ...layer, [field]: fieldValue(random, type?.fields[field]) };
}

function fieldValue(random: Random, field: Field | undefined): unknown {
  switch (random.below(2) ? field?.kind : undefined) {
    case 'size':
      return 1 + random.below(6);
    case 'pair':
      return [1 + random.below(3), 1 + random.below(3)];
    case 'flag':
      return random.below(2) === 1;
    default:
      return random.one(strange);
  }
}

/** Values of a table of parameters: mostly inside their bounds and small enough for so many rows. */
function values(random: Random, parameters: Parameters, rows: number): Record<string, unknown> {
  const entries = Object.entries(parameters).map(([key, parameter]) => [key, value(random, parameter, rows)] as const);
  return Object.fromEntries(entries.filter(([, given]) => given !== undefined));
}

function value(random: Random, parameter: Parameter, rows: number): unknown {
  switch (parameter.kind) {
    case 'integer':
      return nearly(random, parameter.least + random.below(3));
    case 'positive':
      return nearly(random, random.unit() * 2 + 1e-3);
    case 'non-negative':
      return nearly(random, random.below(4));
    case 'fraction':
      return nearly(random, random.unit() * 0.99);
    case 'weights':
      return random.below(2) ? undefined : Array.from({ length: rows }, () => nearly(random, random.below(9)));
  }
}

function plainCalls(core: Core, random: Random): (() => unknown)[] {
  const f32 = (length: number) => floats(random, length);
  const u8 = (length: number) => bytes(random, length);
  const number = (usual: number) => nearly(random, usual);
  return [
    () =>
      core.evaluate({
        layers,
        parameters: f32(parameterCount),
        inputs: u8(15),
        labels: u8(3).map((label) => label & 3),
      }),
    () => core.predict({ layers, parameters: f32(parameterCount), inputs: u8(15) }),
    () => core.codec.dequantise({ data: new Int8Array(u8(12).buffer as ArrayBuffer), scales: f32(3) }),
    () => core.codec.quantise(f32(12), number(3)),
    () => core.codec.topK(f32(12), number(3)),
    () => core.codec.scatter({ indices: Uint32Array.from(u8(4)), values: f32(4) }, number(200)),
    () => core.codec.privatise({ values: f32(9), clip: number(1), noise: number(1), key: u8(32) }),
    () => core.initialise([{ type: 'dense', inputs: number(3), outputs: number(2) }], number(1)),
    () => core.add(f32(7), f32(7)),
  ];
}
