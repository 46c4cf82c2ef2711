import { relock, requestUnlock } from '@covey/client';
import { defineCommand, flag } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { changeLock, lockOption } from './locks.ts';

export const escrowUnlock = defineCommand({
  name: 'escrow unlock',
  summary: 'Ask for locked tokens: the bonus ends and the notice starts',
  examples: [
    'escrow unlock --lock 7 --key-file me.key   # then `escrow withdraw` after the notice',
    'escrow unlock --lock 7 --cancel --key-file me.key   # take it back: the bonus is there again',
  ],
  options: { ...accountOptions, ...lockOption, cancel: flag('--cancel', 'take the request back') },
  run: (options, out) => changeLock(options, out, options.cancel ? relock : requestUnlock),
});
