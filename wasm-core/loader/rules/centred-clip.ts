import { integer, length } from '../parameters.ts';
import { zeros } from '../rows.ts';
import { defineRule } from './rule.ts';

const MAX_ITERATIONS = 100;

export const centredClip = defineRule({
  name: 'centred-clip',
  paper: {
    title: 'Learning from History for Byzantine Robust Optimization',
    authors: 'Karimireddy, He, Jaggi',
    year: 2021,
    link: 'https://arxiv.org/abs/2012.10333',
  },
  parameters: {
    radius: length('how far one update may pull in a step'),
    iterations: integer(1, MAX_ITERATIONS, 'steps', 'steps from the base model'),
  },
  needs: 'distances',
  least: () => 1,
  // The paper's Theorem III holds for up to 0.15 of the updates.
  bound: (_, rows) => Math.floor(0.15 * rows),
  suited: () => ({ radius: 0.5, iterations: 5 }),
  decide: ({ core, rows: { count, gram }, parameters: { radius, iterations } }) => {
    const shares = zeros(core, count);
    core.exports.centredClip(gram, count, radius, iterations, shares, core.arena.allocate(count * 16));
    return { shares };
  },
});
