import { sampleCount, type Dataset, type LabelledDataset } from '@covey/protocol';
import { nodeError } from '../errors.ts';
import { assertRange, labelCounts, selectRows } from './dataset.ts';
import { seededRandom } from './random.ts';

export interface SplitOptions {
  nodes: number;
  seed: number;
  /** Concentration of the Dirichlet distribution over nodes, drawn for each label; smaller is more skewed. */
  alpha: number;
  /** Draw again until every node has at least this many samples. Default 1. */
  minimum?: number;
}

/**
 * Label-skew split (Hsu et al. 2019, arXiv:1909.06335): for each label, a draw of Dirichlet(alpha) says which part of
 * its samples goes to which node. Each sample goes to exactly one node.
 */
export function dirichletSplit(data: LabelledDataset, options: SplitOptions): LabelledDataset[] {
  const { nodes, seed, alpha, minimum = 1 } = options;
  if (!Number.isInteger(nodes) || nodes < 1 || !(alpha > 0) || !Number.isFinite(alpha)) {
    throw nodeError('DATA_BAD_SPLIT', 'A split needs at least one node and a positive alpha.', {
      got: `nodes ${nodes}, alpha ${alpha}`,
    });
  }
  if (nodes * minimum > data.labels.length) {
    throw nodeError('DATA_BAD_SPLIT', 'There are too few samples for so many nodes.', {
      expected: `at least ${nodes * minimum} samples`,
      got: `${data.labels.length}`,
    });
  }
  const random = seededRandom(seed);
  const byLabel: number[][] = labelCounts(data.labels).map(() => []);
  data.labels.forEach((label, index) => byLabel[label]!.push(index));
  for (const indices of byLabel) random.shuffle(indices);

  const attempts = 1000;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const parts: number[][] = Array.from({ length: nodes }, () => []);
    for (const indices of byLabel) {
      const shares = random.dirichlet(alpha, nodes);
      let cumulative = 0;
      let start = 0;
      for (let node = 0; node < nodes; node++) {
        cumulative += shares[node]!;
        const end = node === nodes - 1 ? indices.length : Math.round(cumulative * indices.length);
        for (let i = start; i < end; i++) parts[node]!.push(indices[i]!);
        start = Math.max(start, end);
      }
    }
    if (parts.every((part) => part.length >= minimum)) {
      return parts.map((part) => selectRows(data, random.shuffle(part)));
    }
  }
  throw nodeError('DATA_BAD_SPLIT', `No draw gave every node ${minimum} samples in ${attempts} attempts.`, {
    got: `alpha ${alpha}, ${nodes} nodes`,
    hint: 'Use a larger alpha, fewer nodes or a smaller minimum.',
  });
}

/** Shuffles, then cuts into parts of the given sizes. */
export function cut<D extends Dataset>(data: D, sizes: number[], seed: number): D[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assertRange(data, 0, total);
  const order = seededRandom(seed).shuffle(Uint32Array.from({ length: sampleCount(data) }, (_, index) => index));
  let start = 0;
  return sizes.map((size) => {
    const part = selectRows(data, order.subarray(start, start + size));
    start += size;
    return part;
  });
}
