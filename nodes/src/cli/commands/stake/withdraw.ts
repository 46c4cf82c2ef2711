import { withdrawStake } from '@covey/client';
import { defineCommand } from '../../define-command.ts';
import { positionOptions } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeWithdraw = defineCommand({
  name: 'stake withdraw',
  summary: 'Pay out what a finished cooldown released',
  examples: [
    'stake withdraw --key-file node.key',
    'stake withdraw --node 0x… --owner 0x…   # for another: it is paid, not the caller',
  ],
  options: positionOptions,
  run: (options, out) => changePosition(options, out, (covey, { node, owner }) => withdrawStake(covey, node, owner)),
});
