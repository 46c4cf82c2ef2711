import { collect } from '@covey/client';
import { positive } from '../../arguments.ts';
import { defineCommand, preset } from '../../define-command.ts';
import { positionOptions } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeCollect = defineCommand({
  name: 'stake collect',
  summary: 'Collect from a position what slashes of its pool cost it',
  examples: ['stake collect --node 0x… --owner 0x… --key-file any.key'],
  options: { ...positionOptions, max: preset('--max <n>', 'slashes to take in at most', 16, positive) },
  run: (options, out) =>
    changePosition(options, out, (covey, { node, owner }) => collect(covey, node, owner, BigInt(options.max))),
});
