import { Command, InvalidArgumentError } from 'commander';
import { formatEther, type Address } from 'viem';
import { lock, readLock, readLocksOf, relock, requestUnlock, withdrawLock, type LockOnChain } from '@covey/client';
import { amount, command, ethereumAddress, taskId as positiveId, withAccount, withChain } from '../arguments.ts';
import { openChain, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

const day = 86_400;

export function escrowCommand(): Command {
  return new Command('escrow')
    .description('Lock tokens for a notice: they vote up to three times while they stay that long out of reach')
    .addCommand(showCommand())
    .addCommand(lockCommand())
    .addCommand(unlockCommand())
    .addCommand(withdrawCommand());
}

function showCommand(): Command {
  const show = command('show', 'Show locks', [
    'escrow show --owner 0x… --deployment covey.json',
    'escrow show --lock 7',
  ]);
  return withAccount(withChain(show))
    .option('--lock <id>', 'one lock', positiveId)
    .option('--owner <address>', 'all locks of this account (default: the own)', ethereumAddress)
    .action(async (options: CommonOptions & { lock?: bigint; owner?: Address }) => {
      const out = output(options.json ?? false);
      const named = options.lock !== undefined || options.owner !== undefined;
      const chain = named ? await openChain(options) : await openSender(options);
      let locks: LockOnChain[];
      if (options.lock !== undefined) locks = [await readLock(chain, options.lock)];
      else {
        const owner = options.owner ?? ('sender' in chain ? (chain.sender as { address: Address }).address : undefined);
        locks = owner ? await readLocksOf(chain, owner) : [];
      }
      out.result('covey.escrow/1', { locks }, locks.length === 0 ? ['no locks'] : locks.map(line));
    });
}

function lockCommand(): Command {
  const locking = command('lock', 'Lock tokens: amount × (1 + 2·notice/365 days) votes', [
    'escrow lock --amount 1000 --notice 365d --key-file me.key',
  ]);
  return withAccount(withChain(locking))
    .requiredOption('--amount <amount>', 'COVEY', amount)
    .requiredOption('--notice <time>', 'between asking for the tokens and getting them, as 90d or in seconds', duration)
    .action(async (options: CommonOptions & { amount: bigint; notice: number }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const sent = await lock(covey, options.amount, options.notice, (event) => out.step(event));
      const made = await readLock(covey, sent.lockId);
      out.result('covey.escrow/1', { locks: [made], tx: sent.tx, gasUsed: sent.gasUsed }, [line(made)]);
    });
}

function unlockCommand(): Command {
  const unlock = command('unlock', 'Ask for locked tokens: the bonus ends and the notice starts', [
    'escrow unlock --lock 7 --key-file me.key   # then `escrow withdraw` after the notice',
    'escrow unlock --lock 7 --cancel --key-file me.key   # take it back: the bonus is there again',
  ]);
  return withAccount(withChain(unlock))
    .requiredOption('--lock <id>', 'lock', positiveId)
    .option('--cancel', 'take the request back')
    .action(async (options: CommonOptions & { lock: bigint; cancel?: boolean }) => {
      await onLock(options, options.cancel ? relock : requestUnlock);
    });
}

function withdrawCommand(): Command {
  const withdraw = command('withdraw', 'Pay out a lock whose notice has passed, to its owner', [
    'escrow withdraw --lock 7 --key-file any.key',
  ]);
  return withAccount(withChain(withdraw))
    .requiredOption('--lock <id>', 'lock', positiveId)
    .action(async (options: CommonOptions & { lock: bigint }) => {
      await onLock(options, withdrawLock);
    });
}

async function onLock(options: CommonOptions & { lock: bigint }, action: typeof requestUnlock): Promise<void> {
  const out = output(options.json ?? false);
  const covey = await openSender(options);
  // Before: a lock that is paid out is gone.
  const before = await readLock(covey, options.lock);
  const { tx, gasUsed } = await action(covey, options.lock);
  const locks = await readLocksOf(covey, before.owner);
  const left = locks.filter(({ lockId }) => lockId === options.lock);
  out.result(
    'covey.escrow/1',
    { locks: left, tx, gasUsed },
    left.length === 0 ? [`lock ${options.lock}: ${formatEther(before.amount)} COVEY paid out`] : left.map(line),
  );
}

function line({ lockId, amount: locked, notice, bonus, unlocksAt }: LockOnChain): string {
  const until = unlocksAt === 0 ? `${formatEther(bonus)} bonus votes` : `unlocks at ${unlocksAt} (unix time)`;
  return `lock ${lockId}: ${formatEther(locked)} COVEY, notice ${notice / day} days, ${until}`;
}

/** Seconds, from `90d` or seconds. */
function duration(text: string): number {
  const days = /^(\d{1,5})d$/.exec(text);
  if (days) return Number(days[1]) * day;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected days such as 90d, or seconds.');
  return Number(text);
}
