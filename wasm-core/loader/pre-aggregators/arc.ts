import { byzantine } from '../parameters.ts';
import { definePreAggregator } from './pre-aggregator.ts';
import { scaleRows } from './scale-rows.ts';

/** No row longer than the (k + 1)-th longest, k = ⌊2 (f/n) (n − f)⌋. */
export const arc = definePreAggregator({
  name: 'arc',
  paper: {
    title: 'Adaptive Gradient Clipping for Robust Federated Learning',
    authors: 'Allouah, Guerraoui, Gupta, Jellouli, Rizk, Stephan',
    year: 2025,
    link: 'https://arxiv.org/abs/2405.14432',
  },
  parameters: { byzantine },
  needs: 'norms',
  least: (p, behind) => Math.max(behind, 2 * p.byzantine + 1),
  makes: (_, rows) => rows,
  bound: (p) => p.byzantine,
  suited: (_, hostile) => ({ byzantine: hostile }),
  apply: ({ core, rows, updates, parameters }) => {
    const factors = core.arena.allocate(rows.count * 8);
    core.exports.adaptiveClipFactors(rows.gram, rows.count, parameters.byzantine, factors);
    return scaleRows(core, rows, updates, factors);
  },
});
