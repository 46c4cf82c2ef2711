import { length } from '../parameters.ts';
import { normClip } from '../rules/norm-clip.ts';
import { definePreAggregator } from './pre-aggregator.ts';
import { scaleRows } from './scale-rows.ts';

/** No row longer than `norm`. */
export const clip = definePreAggregator({
  name: 'clip',
  paper: normClip.paper,
  parameters: { norm: length('what longer updates are shortened to') },
  needs: 'norms',
  least: (_, behind) => behind,
  makes: (_, rows) => rows,
  bound: () => Infinity,
  suited: () => ({ norm: 0.5 }),
  apply: ({ core, rows, updates, parameters: { norm } }) => {
    const factors = core.arena.allocate(rows.count * 8);
    core.exports.clipFactors(rows.gram, rows.count, norm, factors);
    return scaleRows(core, rows, updates, factors);
  },
});
