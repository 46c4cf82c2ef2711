import { claimRewards } from '@covey/client';
import { defineCommand } from '../../define-command.ts';
import { positionOptions } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeRewards = defineCommand({
  name: 'stake rewards',
  summary: 'Claim what a delegation has earned',
  examples: [
    'stake rewards --node 0x… --key-file me.key',
    'stake rewards --node 0x… --owner 0x…   # for another: it is paid, not the caller',
  ],
  options: positionOptions,
  run: (options, out) => changePosition(options, out, (covey, { node, owner }) => claimRewards(covey, node, owner)),
});
