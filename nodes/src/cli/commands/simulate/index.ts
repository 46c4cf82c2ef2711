import type { Dataset } from '@covey/protocol';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openDraft, readDraft } from '../../../creator/check/read-draft.ts';
import { nodeError } from '../../../errors.ts';
import { spentBy } from '../../../privacy/budget.ts';
import { simulateTask, type SimulatedTaskResult } from '../../../simulation/index.ts';
import { DELTA } from '../../../trainer/privacy.ts';
import { decimal, integer, positive } from '../../arguments.ts';
import { openCore } from '../../context.ts';
import { readDataset } from '../../dataset-file.ts';
import { defineCommand, optional, positional, preset, required, several, type Values } from '../../define-command.ts';
import { hostileNames, hostileOf, split } from './arguments.ts';
import { byStrategy, covey, measured, nodeTable, roundLines, strategyTable } from './lines.ts';
import { say } from '../../words/say.ts';

const simulateOptions = {
  task: positional('<task>', 'the task’s draft, as `covey task new` writes it'),
  data: required('--data <path>', 'a dataset for all training nodes together, or a folder with a dataset for each'),
  validation: optional(
    '--validation <file>',
    'dataset that validators score on (default: the draft’s; a quarter of the data where --data is that file)',
  ),
  nodes: optional('--nodes <n>', 'training nodes (default: 10, or as many as the folder has datasets)', positive),
  split: optional(
    '--split <how>',
    'how data are dealt out: iid (default), dirichlet:ALPHA (of labels), sizes:ALPHA',
    split,
  ),
  rounds: optional('--rounds <n>', 'instead of the task’s', positive),
  hostile: several(
    '--hostile <strategies...>',
    `NAME or NAME:SHARE, a part of the nodes (default: 0.2) that follows: ${hostileNames}`,
  ),
  shardSamples: optional('--shard-samples <n>', 'samples of each round’s shard (default: as the draft says)', positive),
  holdoutSamples: optional(
    '--holdout-samples <n>',
    'samples of the final hold-out (default: as the draft says)',
    positive,
  ),
  validators: preset('--validators <n>', 'validators', 20, positive),
  seats: optional('--seats <n>', 'seats of a round for training nodes (default: 64, as the policy begins)', positive),
  dpClip: optional('--dp-clip <norm>', 'differential privacy of honest nodes: clip updates to this L2 norm', decimal),
  dpNoise: optional('--dp-noise <x>', 'differential privacy: standard deviation of the noise, in clip norms', decimal),
  seed: preset('--seed <n>', 'the same seed gives the same play', 1, integer),
};

type Options = Values<typeof simulateOptions>;

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Play a whole task on this machine without a chain: many nodes, its rule, its rewards',
  examples: [
    'simulate task.json --data train.safetensors --nodes 20 --split dirichlet:0.5',
    'simulate task.json --data train.safetensors --hostile sign-flip:0.2 label-flip:0.1   # what attackers would get',
    'simulate task.json --data shards/ --validation test.safetensors --dp-clip 1 --dp-noise 0.5 --json',
  ],
  options: simulateOptions,
  async run(options, out) {
    const { rounds, validators, seats, seed } = options;
    const draft = await openDraft(options.task);
    const task = rounds === undefined ? draft : { ...draft, rounds };
    const { split: how = { how: 'iid' as const } } = options;
    const hostile = (options.hostile ?? []).map(hostileOf);
    const { data, nodes } = await readNodesData(options);
    const began = performance.now();
    const result = await simulateTask({
      core: await openCore(),
      task,
      data,
      ...(await hiddenOf(options, (line) => out.progress(line))),
      ...{ nodes, split: how, hostile, validators, seats, seed },
      privacy: privacyOf(options),
      onRound: (record, trainers) => roundLines(record, task.rounds, trainers).forEach((line) => out.progress(line)),
    });
    const seconds = (performance.now() - began) / 1000;
    const epsilon = epsilonOf(options, task.rounds);
    out.result(
      'covey.simulate/1',
      { task: task.name, seed, ...described(result), epsilon, seconds, memory: process.resourceUsage().maxRSS * 1024 },
      lines(result, epsilon),
    );
  },
});

/** The files of a folder are those of a node each. */
async function readNodesData({ data, nodes }: Options): Promise<{ data: Dataset | Dataset[]; nodes: number }> {
  const found = await stat(data).catch((cause: unknown) => {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${data}.`, { cause });
  });
  if (!found.isDirectory()) return { data: await readDataset(data), nodes: nodes ?? 10 };
  const names = (await readdir(data)).filter((name) => name.endsWith('.safetensors'));
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (names.length < (nodes ?? 1)) {
    throw nodeError('CONFIG_INVALID', `${data} has not as many datasets as there are nodes.`, {
      expected: `at least ${nodes ?? 1} files *.safetensors`,
      got: `${names.length}`,
    });
  }
  const used = names.slice(0, nodes);
  return { data: await Promise.all(used.map((name) => readDataset(join(data, name)))), nodes: used.length };
}

/** What validators score on: what is named, else the draft's own file, unless the nodes have it. */
async function hiddenOf(
  { task, data, validation, shardSamples, holdoutSamples }: Options,
  progress: (line: string) => void,
) {
  if (validation !== undefined) return { validation: await readDataset(validation), shardSamples, holdoutSamples };
  const draft = await readDraft(task);
  const own = draft.file?.validation;
  const isOfNodes = own !== undefined && resolve(dirname(task), own.file) === resolve(data);
  if (!isOfNodes && !draft.data)
    progress(say`the hidden samples of the draft cannot be read: a part of the data stands for them`);
  return {
    ...(!isOfNodes && { validation: draft.data }),
    shardSamples: shardSamples ?? own?.shardSamples,
    holdoutSamples: holdoutSamples ?? own?.holdoutSamples,
  };
}

function privacyOf({ dpClip, dpNoise }: Options) {
  if (dpClip === undefined && dpNoise === undefined) return undefined;
  if (dpClip !== undefined && dpNoise !== undefined && dpClip > 0 && dpNoise >= 0)
    return { clip: dpClip, noise: dpNoise };
  throw nodeError('CONFIG_INVALID', 'Differential privacy needs a clip and a noise.', {
    expected: '--dp-clip above 0 and --dp-noise from 0',
  });
}

/** What a node that sends an update every round spends of its data's privacy; null where nothing is noised. */
function epsilonOf({ dpNoise }: Options, rounds: number): number | null {
  if (!dpNoise) return null;
  return spentBy(
    Array.from({ length: rounds }, () => ({ noise: dpNoise })),
    DELTA,
  ).pld;
}

function described({ world, before, measure, rounds, trainers, validators, budget }: SimulatedTaskResult) {
  return {
    before,
    after: measure,
    rounds,
    strategies: byStrategy(trainers),
    nodes: trainers.map((account, node) => ({ node, samples: world.parts[node]!.samples, ...account })),
    validators,
    left: budget.worth('creator'),
  };
}

function lines(
  { world, before, measure, rounds, trainers, validators, budget }: SimulatedTaskResult,
  epsilon: number | null,
): string[] {
  const paid = rounds.reduce((sum, one) => sum + one.paid, 0n);
  const toValidators = validators.reduce((sum, { earned }) => sum + earned, 0n);
  const samples = world.parts.map((part) => part.samples);
  return [
    ...nodeTable(trainers, samples),
    '',
    ...strategyTable(byStrategy(trainers)),
    '',
    say`before: ${measured(before)}; after ${rounds.length} rounds: ${measured(measure)}`,
    say`paid: ${covey(paid - toValidators)} COVEY to training nodes, ${covey(toValidators)} to validators; left of the budget: ${covey(budget.worth('creator'))}`,
    ...(epsilon === null
      ? []
      : [say`a node that sends an update each round spends ε = ${epsilon.toFixed(3)} at δ = ${DELTA}`]),
  ];
}
