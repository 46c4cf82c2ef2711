import { orderStatistic } from '../columns.ts';
import { yin } from './papers.ts';
import { defineRule } from './rule.ts';

export const median = defineRule({
  name: 'median',
  paper: yin,
  parameters: {},
  needs: 'nothing',
  least: () => 1,
  bound: (_, rows) => Math.floor((rows - 1) / 2),
  suited: () => ({}),
  decide: ({ core, rows: { count } }) => ({
    coordinates: orderStatistic(core, count, (count - 1) >> 1, (count >> 1) + 1),
  }),
});
