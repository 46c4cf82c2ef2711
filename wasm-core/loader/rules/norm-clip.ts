import { length } from '../parameters.ts';
import { zeros } from '../rows.ts';
import { defineRule } from './rule.ts';

export const normClip = defineRule({
  name: 'norm-clip',
  paper: {
    title: 'Can You Really Backdoor Federated Learning?',
    authors: 'Sun, Kairouz, Suresh, McMahan',
    year: 2019,
    link: 'https://arxiv.org/abs/1911.07963',
  },
  parameters: { clip: length('what longer updates are shortened to before the mean') },
  needs: 'norms',
  least: () => 1,
  // Clipping bounds the damage but tolerates nobody by itself.
  bound: () => 0,
  suited: () => ({ clip: 0.5 }),
  decide: ({ core, rows: { count, gram }, parameters: { clip } }) => {
    const shares = zeros(core, count);
    core.exports.clipFactors(gram, count, clip, shares);
    core.arena.f64(shares, count).forEach((factor, i, all) => (all[i] = factor / count));
    return { shares };
  },
});
