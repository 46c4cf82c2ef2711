import { lock, readLock } from '@covey/client';
import { InvalidArgumentError } from 'commander';
import { openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, amountOption } from '../../options.ts';
import { day, lockLine } from './locks.ts';

export const escrowLock = defineCommand({
  name: 'escrow lock',
  summary: 'Lock tokens: amount × (1 + 2·notice/365 days) votes',
  examples: ['escrow lock --amount 1000 --notice 365d --key-file me.key'],
  options: {
    ...accountOptions,
    ...amountOption,
    notice: required(
      '--notice <time>',
      'between asking for the tokens and getting them, as 90d or in seconds',
      duration,
    ),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const sent = await lock(covey, options.amount, options.notice, (event) => out.step(event));
    const made = await readLock(covey, sent.lockId);
    out.result('covey.escrow/1', { locks: [made], tx: sent.tx, gasUsed: sent.gasUsed }, [lockLine(made)]);
  },
});

/** Seconds, from `90d` or seconds. */
function duration(text: string): number {
  const days = /^(\d{1,5})d$/.exec(text);
  if (days) return Number(days[1]) * day;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected days such as 90d, or seconds.');
  return Number(text);
}
