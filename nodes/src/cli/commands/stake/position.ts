import { readPosition, type PositionOnChain } from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import type { Address } from 'viem';
import { openSender } from '../../context.ts';
import type { AccountOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { coveyText, percentText, utcText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

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
    say`position of ${p.owner} in the pool of ${p.node}: ${coveyText(p.active)}`,
    ...(p.unstaking > 0n ? [say`unstaking ${coveyText(p.unstaking)}, available at ${utcText(p.availableAt)}`] : []),
    ...(p.claimable > 0n ? [say`rewards to claim ${coveyText(p.claimable)}`] : []),
    say`pool: own ${coveyText(pool.own)}, delegated ${coveyText(pool.delegated)}, commission ${percentText(pool.commission, 18)}`,
    ...(pool.nextCommissionAt > 0
      ? [say`commission ${percentText(pool.nextCommission, 18)} from ${utcText(pool.nextCommissionAt)}`]
      : []),
    ...(pool.openCases > 0 ? [say`frozen: ${pool.openCases} open slash cases`] : []),
  ];
}
