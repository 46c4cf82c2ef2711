import { encodePacked, keccak256 } from 'viem';
import type { ReleaseAt } from './privacy.ts';

/** 32 bits of a node's own for a round: the order of its samples, where no seed is given. */
export function roundSeed({ node, taskId, round }: Pick<ReleaseAt, 'node' | 'taskId' | 'round'>): number {
  const derived = keccak256(encodePacked(['address', 'uint256', 'uint32'], [node, taskId, round]));
  return Number.parseInt(derived.slice(2, 10), 16);
}
