import { Command } from 'commander';
import { formatEther, type Address } from 'viem';
import {
  claimRewards,
  collect,
  delegateStake,
  readPosition,
  requestUnstake,
  setCommission,
  stake,
  withdrawStake,
} from '@covey/client';
import type { PositionOnChain, Sent } from '@covey/client';
import { amount, command, ethereumAddress, positive, ratio, withAccount, withChain } from '../arguments.ts';
import { openChain, openSender, type CommonOptions } from '../context.ts';
import { output, type Output } from '../output.ts';

/** `node` is whose pool; `owner` whose position in it. Both default to the own account. */
interface Options extends CommonOptions {
  node?: Address;
  owner?: Address;
}
type Opened = Awaited<ReturnType<typeof openSender>>;

export function stakeCommand(): Command {
  return new Command('stake')
    .description('Own and delegated stake')
    .addCommand(showCommand())
    .addCommand(addCommand())
    .addCommand(delegateCommand())
    .addCommand(unstakeCommand())
    .addCommand(withdrawCommand())
    .addCommand(commissionCommand())
    .addCommand(rewardsCommand())
    .addCommand(collectCommand());
}

function showCommand(): Command {
  const show = command('show', 'Show a pool and a position in it', [
    'stake show --node 0x… --deployment covey.json',
    'stake show --node 0x… --owner 0x…   # a delegator’s position',
  ]);
  return withAccount(withChain(show))
    .option('--node <address>', 'whose pool (default: the own account)', ethereumAddress)
    .option('--owner <address>', 'whose position in it (default: the node)', ethereumAddress)
    .action(async (options: Options) => {
      const out = output(options.json ?? false);
      // Only who names nobody needs an account.
      const chain = options.node ? await openChain(options) : await openSender(options);
      const node = options.node ?? (chain as Opened).sender.address;
      const position = await readPosition(chain, node, options.owner ?? node);
      out.result('covey.stake/1', { ...position }, lines(position));
    });
}

function addCommand(): Command {
  const add = command('add', 'Add to own stake; rounds that open from the next second on count it', [
    'stake add --amount 500 --key-file node.key',
  ]).alias('stake');
  return withAccount(withChain(add))
    .requiredOption('--amount <amount>', 'COVEY', amount)
    .action(async (options: Options & { amount: bigint }) => {
      await act(options, 'own', (covey, _, out) => stake(covey, options.amount, (event) => out.step(event)));
    });
}

function delegateCommand(): Command {
  const delegate = command('delegate', 'Delegate stake to a node; the tokens go on voting for you', [
    'stake delegate --node 0x… --amount 500 --key-file me.key',
  ]);
  return withAccount(withChain(delegate))
    .requiredOption('--node <address>', 'to whom', ethereumAddress)
    .requiredOption('--amount <amount>', 'COVEY', amount)
    .action(async (options: Options & { amount: bigint }) => {
      await act(options, 'own', (covey, { node }, out) =>
        delegateStake(covey, node, options.amount, (event) => out.step(event)),
      );
    });
}

function unstakeCommand(): Command {
  const unstake = command('unstake', 'Start the cooldown of stake, own or delegated', [
    'stake unstake --amount 200 --key-file node.key',
    'stake unstake --node 0x… --amount 200 --key-file me.key   # of a delegation',
  ]);
  return withAccount(withChain(unstake))
    .option('--node <address>', 'from whose pool (default: the own)', ethereumAddress)
    .requiredOption('--amount <amount>', 'COVEY', amount)
    .action(async (options: Options & { amount: bigint }) => {
      await act(options, 'own', (covey, { node }) => requestUnstake(covey, node, options.amount));
    });
}

function withdrawCommand(): Command {
  const withdraw = command('withdraw', 'Pay out what a finished cooldown released', [
    'stake withdraw --key-file node.key',
    'stake withdraw --node 0x… --owner 0x…   # for another: it is paid, not the caller',
  ]);
  return forAnyone(withdraw).action(async (options: Options) => {
    await act(options, 'any', (covey, { node, owner }) => withdrawStake(covey, node, owner));
  });
}

function commissionCommand(): Command {
  const commission = command('commission', 'Set the commission on what delegated stake earns', [
    'stake commission --rate 0.1 --key-file node.key   # 10 %; a higher one holds after a notice',
  ]);
  return withAccount(withChain(commission))
    .requiredOption('--rate <ratio>', 'from 0 to 1', ratio)
    .action(async (options: Options & { rate: bigint }) => {
      await act(options, 'own', (covey) => setCommission(covey, options.rate));
    });
}

function rewardsCommand(): Command {
  const rewards = command('rewards', 'Claim what a delegation has earned', [
    'stake rewards --node 0x… --key-file me.key',
    'stake rewards --node 0x… --owner 0x…   # for another: it is paid, not the caller',
  ]);
  return forAnyone(rewards).action(async (options: Options) => {
    await act(options, 'any', (covey, { node, owner }) => claimRewards(covey, node, owner));
  });
}

function collectCommand(): Command {
  const collecting = command('collect', 'Collect from a position what slashes of its pool cost it', [
    'stake collect --node 0x… --owner 0x… --key-file any.key',
  ]);
  return forAnyone(collecting)
    .option('--max <n>', 'slashes to take in at most', positive, 16)
    .action(async (options: Options & { max: number }) => {
      await act(options, 'any', (covey, { node, owner }) => collect(covey, node, owner, BigInt(options.max)));
    });
}

function forAnyone(target: Command): Command {
  return withAccount(withChain(target))
    .option('--node <address>', 'whose pool (default: the own account)', ethereumAddress)
    .option('--owner <address>', 'whose position in it (default: the own account)', ethereumAddress);
}

/** Does it, and shows the position afterwards. */
async function act(
  options: Options,
  who: 'own' | 'any',
  action: (opened: Opened, at: { node: Address; owner: Address }, out: Output) => Promise<Sent>,
): Promise<void> {
  const out = output(options.json ?? false);
  const opened = await openSender(options);
  const own = opened.sender.address;
  const at = { node: options.node ?? own, owner: (who === 'any' ? options.owner : undefined) ?? own };
  const { tx, gasUsed } = await action(opened, at, out);
  const position = await readPosition(opened, at.node, at.owner);
  out.result('covey.stake/1', { ...position, tx, gasUsed }, lines(position));
}

function lines(p: PositionOnChain): string[] {
  const { pool } = p;
  return [
    `position of ${p.owner} in the pool of ${p.node}: ${formatEther(p.active)} COVEY`,
    ...(p.unstaking > 0n ? [`unstaking ${formatEther(p.unstaking)}, available at ${p.availableAt} (unix time)`] : []),
    ...(p.claimable > 0n ? [`rewards to claim ${formatEther(p.claimable)}`] : []),
    `pool: own ${formatEther(pool.own)}, delegated ${formatEther(pool.delegated)}, commission ${formatEther(pool.commission)}`,
    ...(pool.nextCommissionAt > 0
      ? [`commission ${formatEther(pool.nextCommission)} from ${pool.nextCommissionAt} (unix time)`]
      : []),
    ...(pool.openCases > 0 ? [`frozen: ${pool.openCases} open slash cases`] : []),
  ];
}
