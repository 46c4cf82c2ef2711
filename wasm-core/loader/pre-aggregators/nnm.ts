import { byzantine } from '../parameters.ts';
import { mixRows } from './mix-rows.ts';
import { definePreAggregator } from './pre-aggregator.ts';

/** Each row becomes the mean of the rows − byzantine rows nearest to it. */
export const nnm = definePreAggregator({
  name: 'nnm',
  paper: {
    title: 'Fixing by Mixing: A Recipe for Optimal Byzantine ML under Heterogeneity',
    authors: 'Allouah, Farhadkhani, Guerraoui, Gupta, Pinot, Stephan',
    year: 2023,
    link: 'https://arxiv.org/abs/2302.01772',
  },
  parameters: { byzantine },
  needs: 'distances',
  least: (p, behind) => Math.max(behind, 2 * p.byzantine + 1),
  makes: (_, rows) => rows,
  bound: (p) => p.byzantine,
  suited: (_, hostile) => ({ byzantine: hostile }),
  apply: ({ core, rows, updates, parameters }) =>
    mixRows(core, rows, updates, rows.count, (weights, workspace) =>
      core.exports.nearestNeighbourWeights(rows.distances, rows.count, parameters.byzantine, weights, workspace),
    ),
});
