import { MAX_UPDATES } from '../aggregate-types.ts';
import { orderStatistic } from '../columns.ts';
import { integer } from '../parameters.ts';
import { yin } from './papers.ts';
import { defineRule } from './rule.ts';

export const trimmedMean = defineRule({
  name: 'trimmed-mean',
  paper: yin,
  parameters: { trim: integer(0, MAX_UPDATES, 'values', 'how many values are cut at each end of every column') },
  needs: 'nothing',
  least: ({ trim }) => 2 * trim + 1,
  bound: ({ trim }) => trim,
  suited: (_, hostile) => ({ trim: hostile }),
  decide: ({ core, rows: { count }, parameters: { trim } }) => ({
    coordinates: orderStatistic(core, count, trim, count - trim),
  }),
});
