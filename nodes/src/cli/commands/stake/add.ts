import { stake } from '@covey/client';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, amountOption } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeAdd = defineCommand({
  name: 'stake add',
  alias: 'stake',
  summary: 'Add to own stake; rounds that open from the next second on count it',
  examples: ['stake add --amount 500 --key-file node.key'],
  options: { ...accountOptions, ...amountOption },
  run: (options, out) =>
    changePosition(options, out, (covey) => stake(covey, options.amount, (event) => out.step(event))),
});
