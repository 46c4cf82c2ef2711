import { setCommission } from '@covey/client';
import { ratio } from '../../arguments.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { changePosition } from './position.ts';

export const stakeCommission = defineCommand({
  name: 'stake commission',
  summary: 'Set the commission on what delegated stake earns',
  examples: ['stake commission --rate 0.1 --key-file node.key   # 10 %; a higher one holds after a notice'],
  options: { ...accountOptions, rate: required('--rate <ratio>', 'from 0 to 1', ratio) },
  run: (options, out) => changePosition(options, out, (covey) => setCommission(covey, options.rate)),
});
