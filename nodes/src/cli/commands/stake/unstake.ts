import { requestUnstake } from '@covey/client';
import { ethereumAddress } from '../../arguments.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { accountOptions, amountOption } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeUnstake = defineCommand({
  name: 'stake unstake',
  summary: 'Start the cooldown of stake, own or delegated',
  examples: [
    'stake unstake --amount 200 --key-file node.key',
    'stake unstake --node 0x… --amount 200 --key-file me.key   # of a delegation',
  ],
  options: {
    ...accountOptions,
    node: optional('--node <address>', 'from whose pool (default: the own)', ethereumAddress),
    ...amountOption,
  },
  run: (options, out) => changePosition(options, out, (covey, { node }) => requestUnstake(covey, node, options.amount)),
});
