import { readPosition, type PositionOnChain } from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import { formatEther, type Address } from 'viem';
import { openSender } from '../../context.ts';
import type { AccountOptions } from '../../options.ts';
import type { Output } from '../../output.ts';

/** Whose pool, and whose position in it. */
export interface PositionAt {
  node: Address;
  owner: Address;
}

/** Changes a position, the own one in the own pool where no other is named, and shows it afterwards. */
export async function changePosition(
  options: AccountOptions & { node?: Address | undefined; owner?: Address | undefined },
  out: Output,
  change: (covey: CoveyWriter, at: PositionAt) => Promise<Sent>,
): Promise<void> {
  const covey = await openSender(options);
  const own = covey.sender.address;
  const at = { node: options.node ?? own, owner: options.owner ?? own };
  const { tx, gasUsed } = await change(covey, at);
  const position = await readPosition(covey, at.node, at.owner);
  out.result('covey.stake/1', { ...position, tx, gasUsed }, positionLines(position));
}

export function positionLines(p: PositionOnChain): string[] {
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
