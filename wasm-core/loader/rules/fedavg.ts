import { zeros } from '../rows.ts';
import { defineRule } from './rule.ts';

export const fedavg = defineRule({
  name: 'fedavg',
  paper: {
    title: 'Communication-Efficient Learning of Deep Networks from Decentralized Data',
    authors: 'McMahan, Moore, Ramage, Hampson, Agüera y Arcas',
    year: 2017,
    link: 'https://arxiv.org/abs/1602.05629',
  },
  parameters: {
    // How many samples a node trained on is its own claim, and a weight that anyone may claim is no rule: tasks have none.
    weights: { kind: 'weights', unit: 'one a row', meaning: 'how much each row counts' },
  },
  needs: 'nothing',
  least: ({ weights }) => Math.max(1, weights?.length ?? 1),
  bound: () => 0,
  suited: () => ({}),
  decide: ({ core, rows: { count }, parameters: { weights } }) => {
    const shares = zeros(core, count);
    core.arena.f64(shares, count).set(weights ?? new Array<number>(count).fill(1));
    core.exports.normaliseShares(shares, count);
    return { shares };
  },
});
