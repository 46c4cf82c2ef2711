// The hidden samples against the network that they shall judge, and against the rounds that need a shard each.
import { hash } from 'node:crypto';
import { isCoveyError } from '@covey/errors';
import {
  MAX_SHARD_BYTES,
  classCount,
  encodeDataset,
  sampleBytes,
  sampleCount,
  samplesOf,
  sha256Hex,
  type Dataset,
} from '@covey/protocol';
import { networkLayout } from '@covey/wasm-core';
import { labelCounts } from '../../data/dataset.ts';
import { bytesText, countText } from '../../quantities.ts';
import { cut } from '../../data/split.ts';
import { shardSizes } from '../../data/validation.ts';
import type { DraftFile } from '../draft.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

type Drafted = Pick<DraftFile, 'architecture' | 'rounds' | 'validation'>;

/** Fewer predictions than this tell two models apart by luck: a share of 0.5 has a standard error of 0.05. */
const FEW_PREDICTIONS = 100;
/** Features far from one make a first step that diverges. */
const LARGE_FEATURE = 1_000;

export function checkData(draft: Drafted, data: Dataset): Finding[] {
  const misfit = checkForm(draft, data);
  if (misfit.level === 'fail') return [misfit];
  const sizes = checkSizes(draft, data);
  return [misfit, ...sizes, ...checkClasses(draft, data), ...checkScale(data), ...checkTwins(draft, data, sizes)];
}

/** Whether each sample is one of the network's, and each label or token one that it knows. */
function checkForm({ architecture, validation }: Drafted, data: Dataset): Finding {
  const field = 'validation.file';
  const count = `${countText(sampleCount(data))} samples of ${formOf(data)}`;
  try {
    samplesOf(architecture, data);
    return ok(field, `in ${validation.file}: ${count}`, 'what the network takes');
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    const { shortMessage, expected = '', got } = error;
    const value = `${shortMessage}: ${got ?? count}`;
    return fail(field, value, `the network takes ${expected}`, adviceFor({ architecture, validation }, data));
  }
}

function adviceFor({ architecture }: Pick<Drafted, 'architecture' | 'validation'>, data: Dataset): string {
  const { input, classes } = networkLayout(architecture.layers);
  const has = data.features - (input.kind === 'tokens' ? 1 : 0);
  if (has !== input.size) {
    return input.kind === 'tokens'
      ? `Use data with ${input.size} tokens before the last a sample, or an architecture that takes ${has} (\`covey task new\` makes one for a file).`
      : `Use data with ${input.size} features a sample, or an architecture that takes ${has} (\`covey task new\` makes one for a file).`;
  }
  if (data.labels && largest(data.labels) >= classes)
    return `Give the last layer at least ${largest(data.labels) + 1} outputs, or relabel the data from 0 to ${classes - 1}.`;
  return 'Import the data again with these types, or let `covey task new` make an architecture for the file.';
}

function checkSizes({ rounds, validation, architecture }: Drafted, data: Dataset): Finding[] {
  const field = 'validation.shardSamples';
  const all = sampleCount(data);
  const { shard, holdout } = shardSizes({ samples: all, rounds, ...validation });
  const value = `${countText(shard)} samples for each of ${rounds} rounds, ${countText(holdout)} for the hold-out`;
  const bound = `1 to ${countText(all)} together, as many as the file has`;
  if (shard < 1 || holdout < 1 || rounds * shard + holdout > all)
    return [fail(field, value, bound, `Add data, or ask for fewer rounds or smaller shards: they need a sample each.`)];
  const bytes = Math.max(shard, holdout) * sampleBytes(architecture);
  if (bytes > MAX_SHARD_BYTES - 4096) {
    const most = countText(Math.floor((MAX_SHARD_BYTES - 4096) / sampleBytes(architecture)));
    return [
      fail(
        field,
        `${value}: ${bytesText(bytes)}`,
        `at most ${bytesText(MAX_SHARD_BYTES)} a shard`,
        `Set shardSamples and holdoutSamples to ${most} or less.`,
      ),
    ];
  }
  const { input } = networkLayout(architecture.layers);
  const predictions = Math.min(shard, holdout) * (input.kind === 'tokens' ? input.size : 1);
  if (predictions < FEW_PREDICTIONS)
    return [
      warn(
        field,
        value,
        `at least ${FEW_PREDICTIONS} predictions a shard`,
        'So few tell models apart by luck: hide more samples, or play fewer rounds.',
      ),
    ];
  return [ok(field, value, bound)];
}

function checkClasses({ architecture }: Drafted, { labels }: Dataset): Finding[] {
  if (!labels) return [];
  const counts = labelCounts(labels);
  const present = counts.filter((count) => count > 0).length;
  const classes = classCount(architecture);
  const [field, value] = ['labels', `${present} of ${classes} classes have samples`];
  if (present < 2)
    return [fail(field, value, 'at least 2', 'A network learns nothing from one class: hide samples of others too.')];
  const missing = Array.from({ length: classes }, (_, label) => label).filter((label) => !counts[label]);
  if (missing.length > 0)
    return [
      warn(
        field,
        value,
        `all ${classes}`,
        `Nobody is paid for learning class ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' …' : ''}: hide samples of it too, or give the last layer fewer outputs.`,
      ),
    ];
  return [ok(field, value, `all ${classes}`)];
}

function checkScale({ inputs, labels, targets }: Dataset): Finding[] {
  const found: Finding[] = [];
  if (inputs instanceof Float32Array || inputs instanceof Int32Array) {
    const most = furthest(inputs);
    if (most > LARGE_FEATURE)
      found.push(
        warn(
          'features',
          `up to ${most}`,
          `within ±${LARGE_FEATURE}`,
          'Scale the columns when you import them: training on such numbers diverges.',
        ),
      );
  }
  if (!labels && targets && targets.every((value) => value === targets[0]))
    found.push(
      fail(
        'targets',
        `${targets[0]} for every sample`,
        'different targets',
        'There is nothing to learn: check which column is the target.',
      ),
    );
  return found;
}

/** A sample in two shards is open before its second round; two equal shards are refused by every reader of the task. */
function checkTwins({ rounds, validation }: Drafted, data: Dataset, sizes: readonly Finding[]): Finding[] {
  if (sizes.some(({ level }) => level === 'fail')) return [];
  const { shard, holdout } = shardSizes({ samples: sampleCount(data), rounds, ...validation });
  const parts = cut(data, [...Array.from({ length: rounds }, () => shard), holdout], validation.order);
  const hashes = parts.map((part) => sha256Hex(encodeDataset(part)));
  if (new Set(hashes).size < hashes.length)
    return [
      fail(
        'duplicates',
        'two shards hold the same samples',
        'every shard its own',
        'Hide different samples: once the first is open, everybody knows the second.',
      ),
    ];
  const again = repeated(data);
  const [value, bound] = [
    `${countText(again)} of ${countText(sampleCount(data))} samples come again`,
    'each sample once',
  ];
  if (again === 0) return [ok('duplicates', 'none', bound)];
  return [
    warn(
      'duplicates',
      value,
      bound,
      'What comes again is known once its first shard is open: remove it from the file.',
    ),
  ];
}

function repeated(data: Dataset): number {
  const { inputs, features } = data;
  const seen = new Set<string>();
  const bytes = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength);
  const width = features * inputs.BYTES_PER_ELEMENT;
  const samples = sampleCount(data);
  for (let row = 0; row < samples; row++)
    seen.add(hash('sha256', bytes.subarray(row * width, (row + 1) * width), 'base64'));
  return samples - seen.size;
}

function formOf({ inputs, features, labels, targets }: Dataset): string {
  if (labels) return `${features} features and a label`;
  if (targets) return `${features} features and ${targets.length / (inputs.length / features)} targets`;
  return `${features} tokens`;
}

const largest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]!);
  return most;
};

const furthest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};
