import { claimAll, claimTrainer, claimValidator, readRoundCount, readTaskCount, releaseVested } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { nodeError } from '../../errors.ts';
import { ethereumAddress, integer, taskId } from '../arguments.ts';
import { openReader, openSender } from '../context.ts';
import { defineCommand, flag, optional, type Values } from '../define-command.ts';
import { accountOptions, readerOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { coveyText } from '../../quantities.ts';
import { phrase, say } from '../words/say.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  task: optional('--task <id>', 'only this task', taskId),
  round: optional('--round <n>', 'only this round of it, from 0', integer),
  node: optional('--node <address>', 'who is paid (default: the own account)', ethereumAddress),
  release: flag('--release', 'with --round: pay out what has vested since, too'),
};

type Options = Values<typeof options>;

export const claim = defineCommand({
  name: 'claim',
  summary: 'Claim a node’s rewards, as trainer and as validator, and what has vested',
  examples: [
    'claim --key-file node.key   # everything, with one transfer',
    'claim --task 1 --key-file node.key',
    'claim --task 1 --round 0 --node 0x…   # one round, for another node: it is paid, not the caller',
  ],
  options,
  async run(given, out) {
    if (given.round === undefined) return await claimEverything(given, out);
    if (given.task === undefined) {
      throw nodeError('CONFIG_INVALID', 'A round of which task?', { expected: '--task ID with --round N' });
    }
    return await claimRound(given, given.task, given.round, out);
  },
});

async function claimEverything(given: Options, out: Output): Promise<void> {
  const covey = await openSender(given);
  const node = given.node ?? covey.sender.address;
  const rounds = await roundsOf(covey, given.task);
  const claimed = await claimAll(covey, openReader(given), node, rounds);
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
      ...trainer.map((c) => say`task ${c.taskId} round ${c.round} trainer: ${coveyText(c.payout.total)}`),
      ...validator.map((c) => say`task ${c.taskId} round ${c.round} validator: ${coveyText(c.payout.total)}`),
      ...released.map((c) => say`task ${c.taskId} round ${c.round} vested: ${coveyText(c.amount)}`),
      sent.length === 0 ? say`nothing to claim` : say`paid ${coveyText(paid + vested)} to ${node}`,
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

async function claimRound(given: Options, task: bigint, round: number, out: Output): Promise<void> {
  const covey = await openSender(given);
  const claimed = { taskId: task, round, node: given.node ?? covey.sender.address };
  const trainer = await claimTrainer(covey, openReader(given), claimed);
  const validator = await claimValidator(covey, claimed);
  const released = given.release ? await releaseVested(covey, claimed) : null;
  const part = (sent: typeof trainer) => sent && { tx: sent.tx, gasUsed: sent.gasUsed, ...sent.payout };
  const line = (role: string, sent: typeof trainer) =>
    sent
      ? say`${phrase(role)}: ${coveyText(sent.payout.total)}, ${coveyText(sent.payout.vesting)} of it vesting`
      : say`${phrase(role)}: nothing to claim`;
  out.result(
    'covey.claim/1',
    { ...claimed, trainer: part(trainer), validator: part(validator), released: released?.amount ?? 0n },
    [
      line('trainer', trainer),
      line('validator', validator),
      ...(given.release ? [say`released: ${coveyText(released?.amount ?? 0n)}`] : []),
    ],
  );
}
