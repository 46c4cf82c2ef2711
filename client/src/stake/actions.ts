import type { CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { stakeManagerAbi, type Deployment } from '@covey/contracts/abi';
import type { Address } from 'viem';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from './allowance.ts';

const contract = (deployment: Deployment) => ({ address: deployment.stakeManager, abi: stakeManagerAbi }) as const;

/** Delegates `amount` wei of the sender's tokens to a node. */
export async function delegateStake(
  covey: CoveyWriter,
  node: Address,
  amount: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.stakeManager, amount, onEvent);
  const sent = await covey.sender.send({
    ...contract(covey.deployment),
    functionName: 'delegateStake',
    args: [node, amount],
  });
  onEvent({ event: 'delegated', node, owner: covey.sender.address, amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return sent;
}

/** Starts the cooldown of `amount` wei of the sender's position. */
export async function requestUnstake(covey: CoveyWriter, node: Address, amount: bigint): Promise<Sent> {
  return await covey.sender.send({
    ...contract(covey.deployment),
    functionName: 'requestUnstake',
    args: [node, amount],
  });
}

/** Pays out what a finished cooldown released. */
export async function withdrawStake(covey: CoveyWriter, node: Address, owner: Address): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'withdraw', args: [node, owner] });
}

/** Announces the sender's commission, 1e18 = all. */
export async function setCommission(covey: CoveyWriter, commission: bigint): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'setCommission', args: [commission] });
}

/** Pays a delegator what its position has earned. */
export async function claimRewards(covey: CoveyWriter, node: Address, owner: Address): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'claimRewards', args: [node, owner] });
}

/** Collects from a position what at most `max` slashes of its pool cost it. */
export async function collect(covey: CoveyWriter, node: Address, owner: Address, max: bigint): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'collect', args: [node, owner, max] });
}

/** Adds `amount` wei to the own stake of the account. */
export async function stake(covey: CoveyWriter, amount: bigint, onEvent: OnAction = ignoreActions): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.stakeManager, amount, onEvent);
  const sent = await covey.sender.send({
    address: covey.deployment.stakeManager,
    abi: stakeManagerAbi,
    functionName: 'stake',
    args: [amount],
  });
  onEvent({ event: 'staked', node: covey.sender.address, amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return sent;
}
