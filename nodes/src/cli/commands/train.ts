import { readFile } from 'node:fs/promises';
import { decodeDataset, MAX_SHARD_BYTES, type EncodingChoice } from '@covey/protocol';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Address, Hex } from 'viem';
import type { Dataset } from '../../data/dataset.ts';
import { nodeError } from '../../errors.ts';
import { trainerAttacks, type TrainerAttack } from '../../trainer/attack.ts';
import type { PrivacyOptions } from '../../trainer/privacy.ts';
import { copyFromState, copyOf } from '../../trainer/copy-source.ts';
import { TrainerNode } from '../../trainer/trainer-node.ts';
import {
  amount,
  command,
  decimal,
  ethereumAddress,
  integer,
  positive,
  withAccount,
  withChain,
  withContent,
  withDaemon,
  withState,
} from '../arguments.ts';
import { openCore, openSender, openStore, stateDir, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';
import { runDaemon, type DaemonArguments } from '../run-daemon.ts';

interface Options extends CommonOptions, DaemonArguments {
  data?: string;
  stake?: bigint;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  momentum?: number;
  seed?: number;
  encoding?: EncodingChoice;
  dpClip?: number;
  dpNoise?: number;
  dpSeed?: Hex;
  attack?: TrainerAttack;
  copyCid?: string;
  copyState?: string;
  copyNode?: Address;
}

export function trainCommand(): Command {
  const train = command('train', 'Run a training node: train on own data, commit, reveal, claim', [
    'train --deployment covey.json --key-file node.key --data shard-0.safetensors',
    'train --task 1 --data shard-0.safetensors --stake 500 --json',
  ]);
  withState(withDaemon(withContent(withAccount(withChain(train)))));
  return train
    .option('--data <file>', 'own samples, as `covey data split` writes them; they are never uploaded')
    .option('--stake <amount>', 'own stake to hold at least, in COVEY', amount)
    .option('--epochs <n>', 'instead of what the task suggests', positive)
    .option('--batch-size <n>', 'instead of what the task suggests', positive)
    .option('--learning-rate <x>', 'instead of what the task suggests', decimal)
    .option('--momentum <x>', 'instead of what the task suggests', decimal)
    .option('--seed <n>', 'seed of the order of samples', integer)
    .option('--encoding <how>', 'of federated updates: f32, int8, or top-k:RATIO (the share of values kept)', encoding)
    .option('--dp-clip <norm>', 'differential privacy: clip federated updates to this L2 norm', decimal)
    .option('--dp-noise <x>', 'differential privacy: standard deviation of the noise, in clip norms', decimal)
    .option('--dp-seed <hex>', '32 secret bytes to derive the noise from (default: random each round)', seed)
    .addOption(new Option('--attack <kind>', 'FOR EXPERIMENTS: behave dishonestly').choices(trainerAttacks))
    .option('--copy-cid <cid>', 'with --attack copy: the CID to submit as own')
    .option('--copy-state <folder>', 'with --attack copy: simulate a leak from the state folder of --copy-node')
    .option('--copy-node <address>', 'with --copy-state: whom to copy', ethereumAddress)
    .action(async (options: Options) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const copyFrom = copySource();
      const { epochs, batchSize, learningRate, momentum } = options;
      const node = new TrainerNode({
        covey,
        store: openStore(options),
        core: await openCore(),
        stateDir: stateDir(options),
        onEvent: (event) => out.event(event),
        data: await readData(options),
        training: withoutUndefined({ epochs, batchSize, learningRate, momentum }),
        ...(options.stake === undefined ? {} : { stake: options.stake }),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...(options.encoding ? { encoding: options.encoding } : {}),
        ...privacyOf(options),
        ...(options.attack ? { attack: options.attack } : {}),
        ...(copyFrom ? { copyFrom } : {}),
      });
      await runDaemon(options, (daemon) => node.run(daemon));

      function copySource() {
        if (options.attack !== 'copy') return undefined;
        if (options.copyCid) return copyOf(options.copyCid);
        if (options.copyState && options.copyNode) {
          return copyFromState(covey, options.copyState, options.copyNode);
        }
        throw nodeError('CONFIG_INVALID', 'A copier needs something to copy.', {
          expected: '--copy-cid CID, or --copy-state FOLDER with --copy-node ADDRESS',
        });
      }
    });
}

function privacyOf({ dpClip: clip, dpNoise: noise, dpSeed }: Options): { privacy?: PrivacyOptions } {
  if (clip === undefined && noise === undefined && dpSeed === undefined) return {};
  if (!(clip && clip > 0) || noise === undefined || noise < 0) {
    throw nodeError('CONFIG_INVALID', 'Differential privacy needs a norm to clip to and its noise.', {
      expected: '--dp-clip above 0 and --dp-noise from 0',
    });
  }
  return { privacy: { clip, noise, ...(dpSeed ? { seed: dpSeed } : {}) } };
}

function encoding(text: string): EncodingChoice {
  if (text === 'f32' || text === 'int8') return { encoding: text };
  const ratio = /^top-k:(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (ratio === undefined || !(Number(ratio) > 0 && Number(ratio) <= 1)) {
    throw new InvalidArgumentError('Expected f32, int8, or top-k:RATIO with a ratio above 0 and at most 1.');
  }
  return { encoding: 'top-k', ratio: Number(ratio) };
}

function seed(text: string): Hex {
  if (!/^0x[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('Expected 0x and 64 hexadecimal digits.');
  return text as Hex;
}

async function readData({ data, attack }: Options): Promise<Dataset> {
  if (!data) {
    // Who submits garbage or a copy trains on nothing.
    if (attack === 'garbage' || attack === 'copy') {
      return { inputs: new Uint8Array(), labels: new Uint8Array(), features: 0 };
    }
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
