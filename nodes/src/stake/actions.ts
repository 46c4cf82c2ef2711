import { stakeManagerAbi, type Deployment } from '@covey/contracts/abi';
import type { Address } from 'viem';
import type { Sender, Sent } from '@covey/client';
import type { OnEvent } from '../events.ts';
import { ensureAllowance } from './ensure-stake.ts';

const contract = (deployment: Deployment) => ({ address: deployment.stakeManager, abi: stakeManagerAbi }) as const;

/** Delegates `amount` wei of the sender's tokens to a node. */
export async function delegateStake(
  sender: Sender,
  deployment: Deployment,
  node: Address,
  amount: bigint,
  onEvent: OnEvent,
): Promise<Sent> {
  await ensureAllowance(sender, deployment, deployment.stakeManager, amount, onEvent);
  const sent = await sender.send({
    ...contract(deployment),
    functionName: 'delegateStake',
    args: [node, amount],
  });
  onEvent({ event: 'delegated', node, owner: sender.address, amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return sent;
}

/** Starts the cooldown of `amount` wei of the sender's position. */
export async function requestUnstake(
  sender: Sender,
  deployment: Deployment,
  node: Address,
  amount: bigint,
): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'requestUnstake', args: [node, amount] });
}

/** Pays out what a finished cooldown released. */
export async function withdrawStake(
  sender: Sender,
  deployment: Deployment,
  node: Address,
  owner: Address,
): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'withdraw', args: [node, owner] });
}

/** Announces the sender's commission, 1e18 = all. */
export async function setCommission(sender: Sender, deployment: Deployment, commission: bigint): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'setCommission', args: [commission] });
}

/** Pays a delegator what its position has earned. */
export async function claimRewards(
  sender: Sender,
  deployment: Deployment,
  node: Address,
  owner: Address,
): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'claimRewards', args: [node, owner] });
}

/** Collects from a position what at most `max` slashes of its pool cost it. */
export async function collect(
  sender: Sender,
  deployment: Deployment,
  node: Address,
  owner: Address,
  max: bigint,
): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'collect', args: [node, owner, max] });
}
