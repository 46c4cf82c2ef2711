import { withdrawLock } from '@covey/client';
import { defineCommand } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { changeLock, lockOption } from './locks.ts';

export const escrowWithdraw = defineCommand({
  name: 'escrow withdraw',
  summary: 'Pay out a lock whose notice has passed, to its owner',
  examples: ['escrow withdraw --lock 7 --key-file any.key'],
  options: { ...accountOptions, ...lockOption },
  run: (options, out) => changeLock(options, out, withdrawLock),
});
