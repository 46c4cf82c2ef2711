import { readLock, readLocksOf } from '@covey/client';
import { ethereumAddress, taskId as positiveId } from '../../arguments.ts';
import { openChain, openSender } from '../../context.ts';
import { defineCommand, optional, type Values } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { lockLine } from './locks.ts';
import { say } from '../../words/say.ts';

const options = {
  ...accountOptions,
  lock: optional('--lock <id>', 'one lock', positiveId),
  owner: optional('--owner <address>', 'all locks of this account (default: the own)', ethereumAddress),
};

export const escrowShow = defineCommand({
  name: 'escrow show',
  summary: 'Show locks',
  examples: ['escrow show --owner 0x…', 'escrow show --lock 7'],
  options,
  async run(given, out) {
    const locks = await locksOf(given);
    out.result('covey.escrow/1', { locks }, locks.length === 0 ? [say`no locks`] : locks.map(lockLine));
  },
});

/** Only who names neither lock nor owner needs an account. */
async function locksOf(given: Values<typeof options>) {
  if (given.lock !== undefined) return [await readLock(await openChain(given), given.lock)];
  if (given.owner !== undefined) return await readLocksOf(await openChain(given), given.owner);
  const covey = await openSender(given);
  return await readLocksOf(covey, covey.sender.address);
}
