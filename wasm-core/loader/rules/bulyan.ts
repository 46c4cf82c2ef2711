import { nearestMean } from '../columns.ts';
import { byzantine } from '../parameters.ts';
import { defineRule } from './rule.ts';

export const bulyan = defineRule({
  name: 'bulyan',
  paper: {
    title: 'The Hidden Vulnerability of Distributed Learning in Byzantium',
    authors: 'El Mhamdi, Guerraoui, Rouault',
    year: 2018,
    link: 'https://arxiv.org/abs/1802.07927',
  },
  parameters: { byzantine },
  needs: 'distances',
  least: (p) => 4 * p.byzantine + 3,
  bound: (p) => p.byzantine,
  suited: (_, hostile) => ({ byzantine: hostile }),
  decide: ({ core, rows: { count, distances }, parameters }) => {
    const { arena, exports } = core;
    const at = arena.allocate(count * 4);
    const workspace = arena.allocate(exports.krumWorkspace(count));
    exports.bulyanSelect(distances, count, parameters.byzantine, at, workspace);
    const selected = Array.from(arena.u32(at, count - 2 * parameters.byzantine));
    return { coordinates: nearestMean(core, selected, count - 4 * parameters.byzantine), selected };
  },
});
