import { delegateStake } from '@covey/client';
import { ethereumAddress } from '../../arguments.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, amountOption } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeDelegate = defineCommand({
  name: 'stake delegate',
  summary: 'Delegate stake to a node; the tokens go on voting for you',
  examples: ['stake delegate --node 0x… --amount 500 --key-file me.key'],
  options: {
    ...accountOptions,
    node: required('--node <address>', 'to whom', ethereumAddress),
    ...amountOption,
  },
  run: (options, out) =>
    changePosition(options, out, (covey, { node }) =>
      delegateStake(covey, node, options.amount, (event) => out.step(event)),
    ),
});
