import { MAX_UPDATES } from '../aggregate-types.ts';
import { integer } from '../parameters.ts';
import { mixRows } from './mix-rows.ts';
import { definePreAggregator } from './pre-aggregator.ts';

/** Means of `size` rows at a time, in an order drawn from `seed`. */
export const bucketing = definePreAggregator({
  name: 'bucketing',
  paper: {
    title: 'Byzantine-Robust Learning on Heterogeneous Datasets via Bucketing',
    authors: 'Karimireddy, He, Jaggi',
    year: 2022,
    link: 'https://arxiv.org/abs/2006.09365',
  },
  parameters: {
    size: integer(1, MAX_UPDATES, 'rows', 'how many rows are averaged into one'),
    seed: integer(0, Number.MAX_SAFE_INTEGER, 'none', 'what the order of the rows is drawn from'),
  },
  needs: 'nothing',
  least: ({ size }, behind) => (behind - 1) * size + 1,
  makes: ({ size }, rows) => Math.ceil(rows / size),
  bound: () => Infinity,
  suited: () => ({ size: 2, seed: 1 }),
  apply: ({ core, rows, updates, parameters: { size, seed } }) =>
    mixRows(core, rows, updates, Math.ceil(rows.count / size), (weights, workspace) => {
      const state = core.arena.allocate(8);
      core.arena.u64(state, 1)[0] = BigInt(seed);
      core.exports.bucketWeights(rows.count, size, state, weights, workspace);
    }),
});
