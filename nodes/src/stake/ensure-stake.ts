import { chainError, readStake } from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import { coveyTokenAbi, stakeManagerAbi } from '@covey/contracts/abi';
import { erc20Abi, type Address } from 'viem';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';

/** Allows `spender` to take `amount` where it may not yet. */
export async function ensureAllowance(
  covey: CoveyWriter,
  spender: Address,
  amount: bigint,
  onEvent: OnEvent,
): Promise<void> {
  let allowance: bigint;
  try {
    allowance = await covey.publicClient.readContract({
      address: covey.deployment.token,
      abi: erc20Abi,
      functionName: 'allowance',
      args: [covey.sender.address, spender],
    });
  } catch (cause) {
    throw chainError(cause, 'reading the allowance');
  }
  if (allowance >= amount) return;
  const sent = await covey.sender.send({
    address: covey.deployment.token,
    abi: [...erc20Abi, ...coveyTokenAbi],
    functionName: 'approve',
    args: [spender, amount],
  });
  onEvent({ event: 'approved', spender, amount, tx: sent.tx, gasUsed: sent.gasUsed });
}

/** Stakes what the sender's own stake lacks to `target` wei; returns what was added. */
export async function ensureStake(covey: CoveyWriter, target: bigint, onEvent: OnEvent): Promise<bigint> {
  const { own } = await readStake(covey, covey.sender.address);
  const missing = target - own;
  if (missing <= 0n) return 0n;
  await stake(covey, missing, onEvent);
  return missing;
}

/** Throws STAKE_TOO_LOW when a round counts less own stake than it asks for; wei. */
export function requireStake(p: { own: bigint; needed: bigint; taskId: bigint; round: number }): void {
  if (p.own >= p.needed) return;
  throw nodeError('STAKE_TOO_LOW', `Round ${p.round} of task ${p.taskId} opened before enough was staked.`, {
    expected: `${p.needed} wei of own stake in the second before the round opened`,
    got: String(p.own),
    hint: 'Stake (`covey stake add`) before the next round opens.',
  });
}

export function max(...values: bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}

export async function stake(covey: CoveyWriter, amount: bigint, onEvent: OnEvent): Promise<Sent> {
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
