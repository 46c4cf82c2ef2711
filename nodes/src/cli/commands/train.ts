import type { Dataset } from '@covey/protocol';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nodeError } from '../../errors.ts';
import type { ReleaseGate } from '../../privacy/budget.ts';
import { trainByCommand } from '../../trainer/command/train-by-command.ts';
import type { Produce } from '../../trainer/produce.ts';
import { trainOwnData, type OwnTraining } from '../../trainer/train-own-data.ts';
import { finishInWorker, trainInWorker } from '../../trainer/training.ts';
import { decimal, integer, positive } from '../arguments.ts';
import { readDataset } from '../dataset-file.ts';
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
import { admissionOption, openTrainer, type TrainerRole } from '../open-trainer.ts';
import type { Output } from '../output.ts';
import { openRelease, releaseOptions } from '../release.ts';
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
  ...admissionOption,
  data: optional('--data <file>', 'own samples, as `covey data split` writes them; they are never uploaded'),
  command: optional(
    '--command <command>',
    'have this train, in place of the core: it reads the folder that COVEY_TASK names',
  ),
  epochs: optional('--epochs <n>', instead, positive),
  batchSize: optional('--batch-size <n>', instead, positive),
  learningRate: optional('--learning-rate <x>', instead, decimal),
  momentum: optional('--momentum <x>', instead, decimal),
  seed: optional('--seed <n>', 'seed of the order of samples', integer),
  ...releaseOptions,
};

type Options = Values<typeof trainerOptions>;

export const train = defineCommand({
  name: 'train',
  summary: 'Run a training node: join, train on own data, commit, reveal, claim',
  examples: [
    'train --key-file node.key --data shard-0.safetensors --max-stake 2000',
    'train --task 1 --data shard-0.safetensors --stake 4000 --allocate 0.5 --json',
    "train --task 1 --data mine/ --command './train.py'   # any framework; see docs/guides/own-model.md",
    'train --node 0x… --key-file operator.key --data shard-0.safetensors   # the node’s own key stays cold',
  ],
  options: trainerOptions,
  run: (options, out) =>
    runTrainer(options, out, async (_, store) => {
      if (options.command !== undefined) return { store, ...(await commandTraining(options, options.command)) };
      const { own, gate } = await ownTraining(options);
      return { store, produce: trainOwnData(own), gate };
    }),
});

/** Runs a training node that submits what its role makes. */
export async function runTrainer(options: Options, out: Output, role: TrainerRole): Promise<void> {
  await runDaemon(options, out, (services) => openTrainer(options, services, role));
}

/** The node's data, how it trains on them, and who counts what it releases. */
export async function ownTraining(options: Options): Promise<{ own: OwnTraining; gate: ReleaseGate }> {
  const { release, gate } = await openRelease(options, () => digestOf(options));
  const data = await ownData(options.data);
  return { own: { train: trainInWorker, data, ...trainingOf(options), ...release }, gate };
}

/** The same with a command in place of the core, whatever the data are. */
async function commandTraining(options: Options, command: string): Promise<{ produce: Produce; gate: ReleaseGate }> {
  const { release, gate } = await openRelease(options, () => digestOf(options));
  const data = options.data === undefined ? undefined : resolve(options.data);
  return {
    produce: trainByCommand({ command, finish: finishInWorker, data, ...trainingOf(options), ...release }),
    gate,
  };
}

function trainingOf({ epochs, batchSize, learningRate, momentum, seed }: Options) {
  return {
    training: withoutUndefined({ epochs, batchSize, learningRate, momentum }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Of the data file; of a folder, or where a command has data of its own, of its name or the command's text. */
async function digestOf({ data, command }: Options): Promise<string> {
  const hash = createHash('sha256');
  if (data === undefined) return hash.update(`command ${command}`).digest('hex');
  try {
    if ((await stat(data)).isDirectory()) return hash.update(`folder ${resolve(data)}`).digest('hex');
    for await (const chunk of createReadStream(data)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch (cause) {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${data}.`, { cause });
  }
}

async function ownData(path: string | undefined): Promise<Dataset> {
  if (path) return await readDataset(path);
  throw nodeError('CONFIG_INVALID', 'A training node needs data.', {
    expected: '--data FILE',
    hint: 'Make shards with `covey data split`.',
  });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}
