import { windowNames } from '@covey/contracts/abi/structs';
import {
  bitmapOf,
  encodeDataset,
  encodeSafetensors,
  encryptShard,
  fileCid,
  keyCommitment,
  modelToBytes,
  parameterRoot,
  samplesRoot,
  sha256Hex,
  statedCost,
  updateToBytes,
  type Architecture,
  type RoundInputs,
  type RoundSubmission,
  type ShardCommitment,
  type TaskDocument,
  type Tensor,
} from '@covey/protocol';
import {
  featureTypes,
  integerType,
  layerTypes,
  networkLayout,
  preAggregators,
  rules,
  suitedRule,
  targetTypes,
  valueTypes,
  type Core,
  type Layer,
} from '@covey/wasm-core';
import { getAddress, numberToHex } from 'viem';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';

/** A whole round: what the chain says of it, and the content behind its CIDs. */
export interface AbsurdRound {
  task: TaskDocument;
  inputs: RoundInputs;
  files: ReadonlyMap<string, Uint8Array>;
}

const ONE = 10n ** 18n;
const keys = [1n, 2n, 3n].map((n) => numberToHex(n, { size: 32 })) as ['0x', '0x', '0x'];

/** Every kind of layer; one in eight a language model of more rows than an i64 of capped losses would hold (2,048). */
const networks = layerTypes.map(({ example }) => example as unknown as Layer[]);
const long: Layer[] = [
  { type: 'embedding', vocabulary: 3, length: 128, width: 2 },
  { type: 'dense', inputs: 2, outputs: 3 },
];

/** Small networks, rules, encodings, seats and files; parameters of every size that f32 has. */
export async function absurdRound(core: Core, random: Random): Promise<AbsurdRound> {
  const files = new Map<string, Uint8Array>();
  const add = async (bytes: Uint8Array): Promise<string> => {
    const cid = await fileCid(bytes);
    files.set(cid, bytes);
    return cid;
  };
  const layers = random.below(8) ? random.one(networks) : long;
  const layout = networkLayout(layers);
  const features = layout.input.kind === 'features';
  const squared = features && (layout.classes < 2 || !random.below(3));
  const architecture: Architecture = {
    layers,
    input: features ? random.one(featureTypes) : 'tokens',
    ...(squared && { loss: 'squared-error', targets: random.one(targetTypes) }),
  };
  const start = random.below(4) ? core.initialise(layers, random.below(1000)) : absurd(random, layout.parameterCount);
  const base = random.below(20) ? modelToBytes(architecture, start) : random.bytes(random.below(99));
  const shards = [];
  for (const key of keys) shards.push(await shardOf(random, architecture, key, add));
  const [first, second, holdout] = shards as [ShardCommitment, ShardCommitment, ShardCommitment];
  const validation = { shards: [first, second], holdout };
  const mode = random.below(3) ? 'federated' : 'arena';
  const ranking = mode === 'federated' && random.below(3) ? 'contribution' : 'loss';
  const task: TaskDocument = {
    ...blank,
    mode,
    architecture,
    initialModel: await add(base),
    ranking,
    aggregation: ranking === 'contribution' && random.below(2) ? attributedOf(random) : ruleOf(random),
    cost: String(statedCost({ architecture, validation })),
    validation,
  };
  const submissions: RoundSubmission[] = [];
  for (let left = 24; left > 0 && random.below(9);) {
    const seats = 1 + random.below(Math.min(left, 8));
    left -= seats;
    const file = fileOf(core, random, architecture, absurd(random, layout.parameterCount));
    // Now and then somebody's file once more.
    const copied = submissions.length > 0 && !random.below(12) ? random.one(submissions).cid : undefined;
    const cid = copied ?? (await add(file));
    submissions.push({
      index: submissions.length,
      node: getAddress(numberToHex(0xa0 + submissions.length, { size: 20 })),
      cid,
      parameterRoot: random.below(30) ? parameterRoot(files.get(cid)!) : `0x${'ab'.repeat(32)}`,
      seats,
      committedBlock: 1000 + random.below(3),
    });
  }
  return { task, files, inputs: inputsOf(core, random, task, submissions) };
}

function inputsOf(core: Core, random: Random, task: TaskDocument, submissions: RoundSubmission[]): RoundInputs {
  const counting = submissions.flatMap(({ index }) => (random.below(12) ? [index] : []));
  const round = random.below(2);
  return {
    chainId: 31337,
    taskId: 1n,
    round,
    policyVersion: 1,
    policy: {
      trainerSeats: BigInt(random.one([24, 64, 1024])),
      rankRatio: random.one([0n, ONE / 2n, ONE]),
      arenaMargin: random.one([0n, ONE / 100n, ONE]),
      maxSubmissionBytes: BigInt(random.one([1024, 1 << 20])),
    },
    scorer: core.sha256,
    base: task.initialModel,
    key: keys[round]!,
    opened: round > 0 && random.below(4) ? [{ round: 0, key: keys[0] }] : [],
    last: null,
    counted: bitmapOf(counting, submissions.length),
    submissions,
  };
}

const blank = {
  schema: 'covey.task/2',
  name: 'Absurd',
  description: '',
  metric: 'loss',
  rounds: 2,
  windows: Object.fromEntries(windowNames.map((name) => [name, 60])) as TaskDocument['windows'],
  admission: null,
  minTrainerStake: '1',
  minValidatorStake: '1',
  budget: '1',
  training: { epochs: 1, batchSize: 4, learningRate: 0.1, momentum: 0 },
} as const;

const extremes = [0, -0, 1e-45, -1e-45, 1.2e-38, 1e-20, 0.5, 1, -1, 1e9, 1e19, -1e20, 1e30, 3.4e38, -3.4e38];

/** All of one size, one among zeros, a mixture of all sizes, or usual numbers of a scale. */
function absurd(random: Random, length: number): Float32Array {
  const values = new Float32Array(length);
  const kind = random.below(7);
  if (kind === 0) return values.map(() => random.one(extremes));
  if (kind === 1) return values.fill(random.one(extremes));
  if (kind === 2) values[random.below(length)] = random.one(extremes);
  const scale = kind === 2 ? 0 : random.one([1e-42, 1e-3, 0.1, 0.1, 1, 1e20]);
  return values.map((value) => value + (random.unit() - 0.5) * scale);
}

async function shardOf(
  random: Random,
  architecture: Architecture,
  key: (typeof keys)[number],
  add: (bytes: Uint8Array) => Promise<string>,
): Promise<TaskDocument['validation']['holdout']> {
  const samples = 1 + random.below(40);
  const plaintext = plaintextOf(random, architecture, samples);
  const broken = !random.below(25);
  const ciphertext = encryptShard(plaintext, key, random.bytes(24));
  return {
    plaintextSha256: sha256Hex(plaintext),
    samples: broken && random.below(2) ? samples + 1 : samples,
    samplesRoot: samplesRoot(plaintext),
    ciphertext: await add(broken && random.below(2) ? mutate(random, ciphertext) : ciphertext),
    keyCommitment: keyCommitment(key),
  };
}

function plaintextOf(random: Random, architecture: Architecture, samples: number): Uint8Array {
  const { input, classes } = networkLayout(architecture.layers);
  const below = (count: number, length: number) =>
    new valueTypes[integerType(count)].Array(length).map(() => random.below(count));
  if (input.kind === 'tokens') {
    const features = input.size + 1;
    return encodeDataset({ inputs: below(input.vocabulary, samples * features), features });
  }
  const features = input.size;
  const inputs =
    input.kind === 'text'
      ? below(input.vocabulary, samples * features)
      : numbers(random, architecture.input, samples * features);
  const targets = architecture.targets && numbers(random, architecture.targets, samples * classes);
  const results = targets ? { targets: targets as Uint8Array | Float32Array } : { labels: below(classes, samples) };
  return encodeDataset({ inputs, features, ...results });
}

/** Bytes, integers up to the bounds of theirs, or absurd numbers. */
function numbers(random: Random, type: Architecture['input'], length: number): Uint8Array | Int32Array | Float32Array {
  if (type === 'f32') return absurd(random, length);
  if (type === 'i32') return Int32Array.from({ length }, () => (random.unit() - 0.5) * 2 ** (1 + random.below(32)));
  return random.bytes(length);
}

function attributedOf(random: Random): TaskDocument['aggregation'] {
  return { rule: 'attributed-mean', publicEpochs: random.below(3), clip: random.one([0, 1e-3, 5, 1e6]) };
}

function ruleOf(random: Random): TaskDocument['aggregation'] {
  const steps = Array.from({ length: random.below(3) }, () => random.one(preAggregators).name);
  return suitedRule(
    random.one(rules).name,
    steps,
    5 + random.below(12),
    random.below(3),
  ) as TaskDocument['aggregation'];
}

/** A model or update in one of its encodings, now and then damaged. */
function fileOf(core: Core, random: Random, architecture: Architecture, values: Float32Array): Uint8Array {
  const kind = random.below(6);
  if (kind === 0) return int8(random, architecture);
  if (kind === 1) return updateToBytes(core, architecture, values, { encoding: 'top-k', ratio: 0.3 }).bytes;
  const file = modelToBytes(architecture, values);
  return random.below(10) ? file : mutate(random, file);
}

const scales = [1e-45, 1.2e-38, 1e-3, 1e-2, 1, 2.6e36, 3.4e38];

/** Quanta and scales as no quantiser would choose them. */
function int8(random: Random, architecture: Architecture): Uint8Array {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, length } of networkLayout(architecture.layers).tensors) {
    const channels = shape.length > 1 ? shape[0]! : 1;
    const data = new Uint8Array(Float32Array.from({ length: channels }, () => random.one(scales)).buffer);
    tensors.set(name, { dtype: 'I8', shape, data: random.bytes(length) });
    tensors.set(`${name}.scale`, { dtype: 'F32', shape: [channels], data });
  }
  return encodeSafetensors(tensors);
}
