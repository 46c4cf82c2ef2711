import { byzantine } from '../parameters.ts';
import { zeros } from '../rows.ts';
import { blanchard } from './papers.ts';
import { defineRule, selection } from './rule.ts';

export const krum = defineRule({
  name: 'krum',
  paper: blanchard,
  parameters: { byzantine },
  needs: 'distances',
  least: (p) => 2 * p.byzantine + 3,
  bound: (p) => p.byzantine,
  suited: (_, hostile) => ({ byzantine: hostile }),
  decide: ({ core, rows, parameters }) => {
    const shares = zeros(core, rows.count);
    const workspace = core.arena.allocate(core.exports.krumWorkspace(rows.count));
    core.exports.krum(rows.distances, rows.count, parameters.byzantine, 1, shares, workspace);
    return selection(core, shares, rows);
  },
});
