import { coveyTokenAbi, stakeManagerAbi, voteEscrowAbi } from '@covey/contracts/abi';
import { readAllocation, readStake } from '@covey/client';
import { formatEther, maxUint256, parseEther, type Abi, type Address } from 'viem';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import type { World } from './world.ts';

/** Positions of the nodes that take delegations, and what they get. */
const honestTrainer = 1;
const honestValidator = 0;
const amounts = [parseEther('4000'), parseEther('8000')];
const commission = parseEther('0.1');

export interface Delegation {
  delegator: number;
  node: Address;
  amount: bigint;
}

/** Both nodes announce their commission, as their operators would before they start. */
export async function announceCommissions(world: World): Promise<void> {
  for (const account of [cast.trainers[honestTrainer], cast.validators[honestValidator]]) {
    await send(world, account as number, world.deployment.stakeManager, stakeManagerAbi as Abi, 'setCommission', [
      commission,
    ]);
  }
}

/** Waits until every node has staked and allocated: a round counts both as they were before it opened. */
export async function untilStaked(world: World, taskId: bigint): Promise<void> {
  for (const account of [...cast.trainers, ...cast.validators]) {
    const node = world.address(account);
    await world.until(`account ${account} stakes and allocates`, async () => {
      const [{ own }, { ratio }] = await Promise.all([
        readStake(world.covey, node),
        readAllocation(world.covey, node, taskId),
      ]);
      return own > 0n && ratio > 0n;
    });
  }
  await world.chain.advance(1);
}

/** Two holders delegate stake; their tokens go on voting for them. */
export async function delegateStakes(world: World, checks: CheckList): Promise<Delegation[]> {
  const { token, stakeManager } = world.deployment;
  const nodes = [cast.trainers[honestTrainer], cast.validators[honestValidator]] as number[];
  const delegations = cast.delegators.map((delegator, i) => ({
    delegator,
    node: world.address(nodes[i] as number),
    amount: amounts[i] as bigint,
  }));
  for (const { delegator, node, amount } of delegations) {
    const before = await votes(world, delegator);
    await send(world, delegator, token, coveyTokenAbi as Abi, 'approve', [stakeManager, maxUint256]);
    await send(world, delegator, stakeManager, stakeManagerAbi as Abi, 'delegateStake', [node, amount]);
    checks.equal('delegated stake keeps voting for its owner', await votes(world, delegator), before);
  }
  return delegations;
}

/** A holder locks tokens for a year's notice, and votes with them three times. */
export async function lockForVotes(world: World, checks: CheckList): Promise<void> {
  const { token, voteEscrow } = world.deployment;
  const amount = parseEther('100000');
  const before = await votes(world, cast.locker);
  await send(world, cast.locker, token, coveyTokenAbi as Abi, 'approve', [voteEscrow, maxUint256]);
  await send(world, cast.locker, voteEscrow, voteEscrowAbi as Abi, 'lock', [amount, 365 * 86_400]);
  checks.equal('tokens locked for a year vote three times', await votes(world, cast.locker), before + 2n * amount);
}

/** What the delegators were given by the rounds, and what has been streamed to them by now. */
export async function claimDelegatorRewards(
  world: World,
  checks: CheckList,
  { delegations, owed, detail }: { delegations: Delegation[]; owed: bigint; detail: (text: string) => void },
): Promise<{ rewards: string; claimed: string }> {
  const { stakeManager } = world.deployment;
  const added = await world.covey.events({
    address: stakeManager,
    abi: stakeManagerAbi,
    eventName: 'RewardAdded',
  });
  const rewards = added.reduce((sum, { args }) => sum + args.amount, 0n);
  checks.equal('delegators’ pools got exactly their parts of all payouts', rewards, owed);
  let claimed = 0n;
  for (const { delegator, node } of delegations) {
    const before = await balance(world, delegator);
    await send(world, cast.keeper, stakeManager, stakeManagerAbi as Abi, 'claimRewards', [
      node,
      world.address(delegator),
    ]);
    const amount = (await balance(world, delegator)) - before;
    detail(`delegator ${delegator} claims ${formatEther(amount)} COVEY`);
    checks.expect('a delegator earns', amount > 0n, formatEther(amount));
    claimed += amount;
  }
  checks.expect('delegators never get more than came', claimed <= rewards, formatEther(rewards - claimed));
  return { rewards: String(rewards), claimed: String(claimed) };
}

const send = (world: World, account: number, address: Address, abi: Abi, functionName: string, args: unknown[]) =>
  world.account(account).sender.send({ address, abi, functionName, args });

const votes = (world: World, account: number): Promise<bigint> => ofToken(world, 'getVotes', account);
const balance = (world: World, account: number): Promise<bigint> => ofToken(world, 'balanceOf', account);

const ofToken = (world: World, functionName: 'getVotes' | 'balanceOf', account: number): Promise<bigint> =>
  world.chain.publicClient.readContract({
    address: world.deployment.token,
    abi: coveyTokenAbi,
    functionName,
    args: [world.address(account)],
  });
