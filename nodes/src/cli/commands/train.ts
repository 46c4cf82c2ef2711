import { decodeDataset, MAX_SHARD_BYTES, type Dataset, type EncodingChoice } from '@covey/protocol';
import { InvalidArgumentError } from 'commander';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAddress, type Address } from 'viem';
import { z } from 'zod';
import type { ContentStore, CoveyWriter } from '@covey/client';
import { nodeError } from '../../errors.ts';
import { ReleaseGate, type Allowance } from '../../privacy/budget.ts';
import { PrivacyLedger } from '../../privacy/ledger.ts';
import { nodeSecret } from '../../privacy/node-secret.ts';
import { DELTA, type PrivacyOptions } from '../../trainer/privacy.ts';
import { trainOwnData, type OwnTraining } from '../../trainer/train-own-data.ts';
import { trainInWorker } from '../../trainer/training.ts';
import { TrainerNode, type TrainerOptions } from '../../trainer/trainer-node.ts';
import { decimal, integer, positive, probability } from '../arguments.ts';
import { limitsOf, openSender, openStore, participantOptions, readJson, stateDir } from '../context.ts';
import { defineCommand, optional, type Values } from '../define-command.ts';
import {
  accountOptions,
  beaconOptions,
  contentOptions,
  daemonOptions,
  limitOptions,
  officeOptions,
  stateOptions,
} from '../options.ts';
import type { Output } from '../output.ts';
import { runDaemon } from '../run-daemon.ts';

const instead = 'instead of what the task suggests';

export const trainerOptions = {
  ...accountOptions,
  ...officeOptions,
  ...contentOptions,
  ...daemonOptions,
  ...stateOptions,
  ...limitOptions,
  ...beaconOptions,
  maxTrainingTime: optional('--max-training-time <seconds>', 'give a round up that trains longer', positive),
  admission: optional('--admission <file>', 'the JSON list of nodes that a task admits which admits some alone'),
  data: optional('--data <file>', 'own samples, as `covey data split` writes them; they are never uploaded'),
  epochs: optional('--epochs <n>', instead, positive),
  batchSize: optional('--batch-size <n>', instead, positive),
  learningRate: optional('--learning-rate <x>', instead, decimal),
  momentum: optional('--momentum <x>', instead, decimal),
  seed: optional('--seed <n>', 'seed of the order of samples', integer),
  encoding: optional(
    '--encoding <how>',
    'of federated updates: f32, int8, or top-k:RATIO (the share of values kept)',
    encoding,
  ),
  dpClip: optional('--dp-clip <norm>', 'differential privacy: clip federated updates to this L2 norm', decimal),
  dpNoise: optional('--dp-noise <x>', 'differential privacy: standard deviation of the noise, in clip norms', decimal),
  maxEpsilon: optional('--max-epsilon <x>', 'join no round that would spend more privacy than this', decimal),
  delta: optional('--delta <x>', `chance with which ε may fail to hold (default: ${DELTA})`, probability),
};

type Options = Values<typeof trainerOptions>;

export const train = defineCommand({
  name: 'train',
  summary: 'Run a training node: join, train on own data, commit, reveal, claim',
  examples: [
    'train --deployment covey.json --key-file node.key --data shard-0.safetensors --max-stake 2000',
    'train --task 1 --data shard-0.safetensors --stake 4000 --allocate 0.5 --json',
    'train --node 0x… --key-file operator.key --data shard-0.safetensors   # the node’s own key stays cold',
  ],
  options: trainerOptions,
  run: (options, out) =>
    runTrainer(options, out, async (_, store) => {
      const { own, gate } = await ownTraining(options);
      return { store, produce: trainOwnData(own), gate };
    }),
});

/** Runs a training node that submits what its role makes. */
export async function runTrainer(
  options: Options,
  out: Output,
  role: (covey: CoveyWriter, store: ContentStore) => Promise<Pick<TrainerOptions, 'produce' | 'store' | 'gate'>>,
): Promise<void> {
  const covey = await openSender(options);
  const node = new TrainerNode({
    ...participantOptions(options),
    covey,
    onEvent: (event) => out.event(event),
    limits: limitsOf(options, options.maxTrainingTime),
    ...(await admittedNodes(options.admission)),
    ...(await role(covey, openStore(options))),
  });
  await runDaemon(options, (daemon) => node.run(daemon));
}

async function admittedNodes(file: string | undefined): Promise<Pick<TrainerOptions, 'admitted'>> {
  if (file === undefined) return {};
  return { admitted: await readJson(file, z.array(addressSchema), 'a JSON list of addresses') };
}

const addressSchema = z.custom<Address>((value) => typeof value === 'string' && isAddress(value, { strict: false }));

/** The node's data, how it trains on them, and who counts what it releases. */
export async function ownTraining(options: Options): Promise<{ own: OwnTraining; gate: ReleaseGate }> {
  const { epochs, batchSize, learningRate, momentum } = options;
  const allowance = allowanceOf(options);
  const privacy = await privacyOf(options);
  const own = {
    train: trainInWorker,
    data: await readData(options.data),
    training: withoutUndefined({ epochs, batchSize, learningRate, momentum }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.encoding ? { encoding: options.encoding } : {}),
    ...(privacy && { privacy }),
  };
  const data = createHash('sha256')
    .update(await readFile(options.data!))
    .digest('hex');
  const noise = privacy?.noise ?? 0;
  const gate = new ReleaseGate({ ledger: new PrivacyLedger(stateDir(options)), data, noise, ...allowance });
  return { own, gate };
}

function allowanceOf({ maxEpsilon: epsilon, delta = DELTA, dpNoise }: Options): { allowance?: Allowance } {
  if (epsilon === undefined) return {};
  if (epsilon > 0 && dpNoise !== undefined && dpNoise > 0) return { allowance: { epsilon, delta } };
  throw nodeError('CONFIG_INVALID', 'Without noise a single update spends any budget of privacy.', {
    expected: '--max-epsilon above 0 with --dp-clip and --dp-noise above 0',
  });
}

async function privacyOf(options: Options): Promise<PrivacyOptions | undefined> {
  const { dpClip: clip, dpNoise: noise } = options;
  if (clip === undefined && noise === undefined) return undefined;
  if (!(clip && clip > 0) || noise === undefined || noise < 0) {
    throw nodeError('CONFIG_INVALID', 'Differential privacy needs a norm to clip to and its noise.', {
      expected: '--dp-clip above 0 and --dp-noise from 0',
    });
  }
  return { clip, noise, secret: await nodeSecret(stateDir(options)) };
}

function encoding(text: string): EncodingChoice {
  if (text === 'f32' || text === 'int8') return { encoding: text };
  const ratio = /^top-k:(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (ratio === undefined || !(Number(ratio) > 0 && Number(ratio) <= 1)) {
    throw new InvalidArgumentError('Expected f32, int8, or top-k:RATIO with a ratio above 0 and at most 1.');
  }
  return { encoding: 'top-k', ratio: Number(ratio) };
}

async function readData(data: string | undefined): Promise<Dataset> {
  if (!data) {
    throw nodeError('CONFIG_INVALID', 'A training node needs data.', {
      expected: '--data FILE',
      hint: 'Make shards with `covey data split`.',
    });
  }
  let bytes: Uint8Array;
  try {
    bytes = await readFile(data);
  } catch (cause) {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${data}.`, { cause });
  }
  return decodeDataset(bytes, { maxBytes: MAX_SHARD_BYTES });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}
