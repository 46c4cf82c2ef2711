import { byzantine } from '../parameters.ts';
import { zeros } from '../rows.ts';
import { defineRule, selection } from './rule.ts';

export const mda = defineRule({
  name: 'mda',
  paper: {
    title: 'SGD: Decentralized Byzantine Resilience',
    authors: 'El Mhamdi, Guerraoui, Guirguis, Rouault',
    year: 2019,
    link: 'https://arxiv.org/abs/1905.03853',
  },
  parameters: { byzantine },
  needs: 'distances',
  least: (p) => 2 * p.byzantine + 1,
  bound: (p) => p.byzantine,
  suited: (_, hostile) => ({ byzantine: hostile }),
  decide: ({ core, rows, parameters }) => {
    const shares = zeros(core, rows.count);
    const workspace = core.arena.allocate(core.exports.minimumDiameterWorkspace(rows.count));
    core.exports.minimumDiameter(rows.distances, rows.count, parameters.byzantine, shares, workspace);
    return selection(core, shares, rows);
  },
});
