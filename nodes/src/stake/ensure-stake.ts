import { coveyTokenAbi, stakeManagerAbi, type Deployment } from '@covey/contracts/abi';
import { erc20Abi, type Address } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import type { Sender } from '../chain/sender.ts';
import type { OnEvent } from '../events.ts';

/** Own active stake of a node, in wei. */
export async function readOwnStake(sender: Sender, deployment: Deployment, node: Address): Promise<bigint> {
  try {
    const stake = await sender.publicClient.readContract({
      address: deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'stakeOf',
      args: [node],
    });
    return stake.own;
  } catch (cause) {
    throw chainError(cause, `reading the stake of ${node}`);
  }
}

/** Allows `spender` to take `amount` where it may not yet. */
export async function ensureAllowance(
  sender: Sender,
  deployment: Deployment,
  spender: Address,
  amount: bigint,
  onEvent: OnEvent,
): Promise<void> {
  let allowance: bigint;
  try {
    allowance = await sender.publicClient.readContract({
      address: deployment.token,
      abi: erc20Abi,
      functionName: 'allowance',
      args: [sender.address, spender],
    });
  } catch (cause) {
    throw chainError(cause, 'reading the allowance');
  }
  if (allowance >= amount) return;
  const sent = await sender.send({
    address: deployment.token,
    abi: [...erc20Abi, ...coveyTokenAbi],
    functionName: 'approve',
    args: [spender, amount],
  });
  onEvent({ event: 'approved', spender, amount, tx: sent.tx, gasUsed: sent.gasUsed });
}

/** Stakes what the sender's own stake lacks to `target` wei; returns what was added. */
export async function ensureStake(
  sender: Sender,
  deployment: Deployment,
  target: bigint,
  onEvent: OnEvent,
): Promise<bigint> {
  const missing = target - (await readOwnStake(sender, deployment, sender.address));
  if (missing <= 0n) return 0n;
  await stake(sender, deployment, missing, onEvent);
  return missing;
}

export async function stake(sender: Sender, deployment: Deployment, amount: bigint, onEvent: OnEvent): Promise<void> {
  await ensureAllowance(sender, deployment, deployment.stakeManager, amount, onEvent);
  const sent = await sender.send({
    address: deployment.stakeManager,
    abi: stakeManagerAbi,
    functionName: 'stake',
    args: [amount],
  });
  onEvent({ event: 'staked', node: sender.address, amount, tx: sent.tx, gasUsed: sent.gasUsed });
}
