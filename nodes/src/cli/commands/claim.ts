import { claimAll, claimTrainer, claimValidator, readRoundCount, readTaskCount, releaseVested } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import type { Command } from 'commander';
import { formatEther, type Address } from 'viem';
import { nodeError } from '../../errors.ts';
import { command, ethereumAddress, integer, taskId, withAccount, withChain, withReader } from '../arguments.ts';
import { openReader, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

interface Options extends CommonOptions {
  task?: bigint;
  round?: number;
  node?: Address;
  release?: boolean;
}

export function claimCommand(): Command {
  const claim = command('claim', 'Claim a node’s rewards, as trainer and as validator, and what has vested', [
    'claim --deployment covey.json --key-file node.key   # everything, with one transfer',
    'claim --task 1 --key-file node.key',
    'claim --task 1 --round 0 --node 0x…   # one round, for another node: it is paid, not the caller',
  ]);
  return withReader(withAccount(withChain(claim)))
    .option('--task <id>', 'only this task', taskId)
    .option('--round <n>', 'only this round of it, from 0', integer)
    .option('--node <address>', 'who is paid (default: the own account)', ethereumAddress)
    .option('--release', 'with --round: pay out what has vested since, too')
    .action(async (options: Options) => {
      if (options.round === undefined) return await claimEverything(options);
      if (options.task === undefined) {
        throw nodeError('CONFIG_INVALID', 'A round of which task?', { expected: '--task ID with --round N' });
      }
      return await claimRound(options, options.task, options.round);
    });
}

async function claimEverything(options: Options): Promise<void> {
  const out = output(options.json ?? false);
  const covey = await openSender(options);
  const node = options.node ?? covey.sender.address;
  const rounds = await roundsOf(covey, options.task);
  const claimed = await claimAll(covey, openReader(options), node, rounds);
  const { trainer, validator, released, sent } = claimed;
  const flat = (all: typeof trainer) =>
    all.map(({ taskId: task, round, payout }) => ({ taskId: task, round, ...payout }));
  const paid = [...trainer, ...validator].reduce((sum, { payout }) => sum + payout.unlocked, 0n);
  const vested = released.reduce((sum, { amount }) => sum + amount, 0n);
  out.result(
    'covey.claim-all/1',
    {
      node,
      trainer: flat(trainer),
      validator: flat(validator),
      released,
      paid: paid + vested,
      transactions: sent.map(({ tx, gasUsed }) => ({ tx, gasUsed })),
    },
    [
      ...trainer.map((c) => `task ${c.taskId} round ${c.round} trainer: ${formatEther(c.payout.total)} COVEY`),
      ...validator.map((c) => `task ${c.taskId} round ${c.round} validator: ${formatEther(c.payout.total)} COVEY`),
      ...released.map((c) => `task ${c.taskId} round ${c.round} vested: ${formatEther(c.amount)} COVEY`),
      sent.length === 0 ? 'nothing to claim' : `paid ${formatEther(paid + vested)} COVEY to ${node}`,
    ],
  );
}

async function roundsOf(covey: CoveyChain, task: bigint | undefined) {
  const count = await readTaskCount(covey);
  const tasks = task === undefined ? Array.from({ length: Number(count) }, (_, index) => BigInt(index) + 1n) : [task];
  const rounds = await Promise.all(
    tasks.map(async (id) => {
      const opened = await readRoundCount(covey, id);
      return Array.from({ length: opened }, (_, round) => ({ taskId: id, round }));
    }),
  );
  return rounds.flat();
}

async function claimRound(options: Options, task: bigint, round: number): Promise<void> {
  const out = output(options.json ?? false);
  const covey = await openSender(options);
  const claimed = { taskId: task, round, node: options.node ?? covey.sender.address };
  const trainer = await claimTrainer(covey, openReader(options), claimed);
  const validator = await claimValidator(covey, claimed);
  const released = options.release ? await releaseVested(covey, claimed) : null;
  const part = (sent: typeof trainer) => sent && { tx: sent.tx, gasUsed: sent.gasUsed, ...sent.payout };
  const line = (role: string, sent: typeof trainer) =>
    sent
      ? `${role}: ${formatEther(sent.payout.total)} COVEY, ${formatEther(sent.payout.vesting)} of it vesting`
      : `${role}: nothing to claim`;
  out.result(
    'covey.claim/1',
    { ...claimed, trainer: part(trainer), validator: part(validator), released: released?.amount ?? 0n },
    [
      line('trainer', trainer),
      line('validator', validator),
      ...(options.release ? [`released: ${formatEther(released?.amount ?? 0n)} COVEY`] : []),
    ],
  );
}
