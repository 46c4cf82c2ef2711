import { sampleCount, type Dataset } from '@covey/protocol';
import { assertRange, selectRows } from '../data/dataset.ts';
import { cut, dirichletSplit } from '../data/split.ts';
import { nodeError } from '../errors.ts';
import { randomOf, streams } from './seeds.ts';

/** How samples are dealt out to nodes: equal parts; labels by Dirichlet's distribution; or only sizes by it. */
export type Split = { how: 'iid' } | { how: 'dirichlet' | 'sizes'; alpha: number };

/** One part a node; each sample goes to one at most. */
export function dealOut(
  data: Dataset,
  { nodes, split, seed }: { nodes: number; split: Split; seed: number },
): Dataset[] {
  const all = sampleCount(data);
  if (nodes > all) {
    throw nodeError('DATA_BAD_SPLIT', 'There are fewer samples than nodes.', {
      expected: `at least ${nodes} samples`,
      got: `${all}`,
    });
  }
  switch (split.how) {
    case 'iid':
      return cut(
        data,
        Array.from({ length: nodes }, () => Math.floor(all / nodes)),
        seed,
      );
    case 'sizes':
      return cut(data, sizesOf(all, nodes, split.alpha, seed), seed);
    case 'dirichlet': {
      const { labels } = data;
      if (labels) return dirichletSplit({ ...data, labels }, { nodes, alpha: split.alpha, seed });
      throw nodeError(
        'DATA_BAD_SPLIT',
        'Only labels can be dealt out by a Dirichlet distribution: these samples have none.',
        {
          expected: 'a split of iid or sizes:ALPHA',
          got: `dirichlet:${split.alpha}`,
        },
      );
    }
  }
}

/** One sample for each, and of the rest what Dirichlet's distribution says. */
function sizesOf(all: number, nodes: number, alpha: number, seed: number): number[] {
  const shares = randomOf(seed, streams.world, 3).dirichlet(alpha, nodes);
  return shares.map((share) => 1 + Math.floor(share * (all - nodes)));
}

export interface HiddenSizes {
  rounds: number;
  /** Samples of each round's shard, and of the hold-out; unless given, all have equal parts of what is hidden. */
  shardSamples?: number | undefined;
  holdoutSamples?: number | undefined;
}

/** What validators score on: a shard a round and the hold-out, of samples that no node has. */
export function hiddenParts(data: Dataset, { rounds, ...sizes }: HiddenSizes, seed: number) {
  const all = sampleCount(data);
  const shard =
    sizes.shardSamples ?? Math.floor((all - (sizes.holdoutSamples ?? 0)) / (rounds + (sizes.holdoutSamples ? 0 : 1)));
  const holdout = sizes.holdoutSamples ?? all - rounds * shard;
  if (shard < 1 || holdout < 1 || rounds * shard + holdout > all) {
    throw nodeError('DATA_BAD_SPLIT', 'Every shard and the hold-out need at least one sample.', {
      expected: `at most ${all} samples together`,
      got: `${rounds} shards of ${shard} and a hold-out of ${holdout}`,
    });
  }
  const parts = cut(data, [...Array.from({ length: rounds }, () => shard), holdout], seed);
  return { shards: parts.slice(0, rounds), holdout: parts[rounds]! };
}

/** A part of the samples is hidden, drawn at random; the nodes get the rest. */
export function holdBack(data: Dataset, hidden: number, seed: number): { hidden: Dataset; rest: Dataset } {
  assertRange(data, 0, hidden);
  const all = sampleCount(data);
  const order = randomOf(seed, streams.world, 4).shuffle(Uint32Array.from({ length: all }, (_, i) => i));
  return { hidden: selectRows(data, order.subarray(0, hidden)), rest: selectRows(data, order.subarray(hidden)) };
}
