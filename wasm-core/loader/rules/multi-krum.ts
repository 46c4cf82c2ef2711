import { MAX_UPDATES } from '../aggregate-types.ts';
import { byzantine, integer } from '../parameters.ts';
import { zeros } from '../rows.ts';
import { blanchard } from './papers.ts';
import { defineRule, selection } from './rule.ts';

export const multiKrum = defineRule({
  name: 'multi-krum',
  paper: blanchard,
  parameters: { byzantine, select: integer(1, MAX_UPDATES, 'rows', 'how many rows of the lowest scores are averaged') },
  needs: 'distances',
  least: (p) => Math.max(2 * p.byzantine + 3, p.select),
  bound: (p) => p.byzantine,
  suited: (rows, hostile) => ({ byzantine: hostile, select: Math.max(1, rows - hostile) }),
  decide: ({ core, rows, parameters }) => {
    const shares = zeros(core, rows.count);
    const workspace = core.arena.allocate(core.exports.krumWorkspace(rows.count));
    core.exports.krum(rows.distances, rows.count, parameters.byzantine, parameters.select, shares, workspace);
    return selection(core, shares, rows);
  },
});
