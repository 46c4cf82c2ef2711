import { zeros } from '../rows.ts';
import { defineRule } from './rule.ts';

export const geometricMedian = defineRule({
  name: 'geometric-median',
  paper: {
    title: 'Robust Aggregation for Federated Learning',
    authors: 'Pillutla, Kakade, Harchaoui',
    year: 2022,
    link: 'https://arxiv.org/abs/1912.13445',
  },
  parameters: {},
  needs: 'distances',
  least: () => 1,
  bound: (_, rows) => Math.floor((rows - 1) / 2),
  suited: () => ({}),
  decide: ({ core, rows: { count, gram, distances } }) => {
    const shares = zeros(core, count);
    const workspace = core.arena.allocate(core.exports.geometricMedianWorkspace(count));
    core.exports.geometricMedian(gram, distances, count, shares, workspace);
    return { shares };
  },
});
