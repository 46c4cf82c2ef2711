import { erc20Abi, erc721Abi, parseAbi } from 'viem';
import type { Abi } from 'viem';
import { daoAbi } from '@covey/contracts/abi';

/** The one function of ERC-1155 that pays. */
export const erc1155Abi = parseAbi([
  'function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes data)',
  'function balanceOf(address account, uint256 id) view returns (uint256)',
]);

const only = (abi: Abi, ...names: string[]): Abi =>
  abi.filter((item) => item.type === 'function' && names.includes(item.name));

/**
 * Functions that mean the same wherever a standard is kept. Of an address that nobody knows they say what is asked for,
 * not what its code does. `transferFrom` is left out: fungible tokens and NFTs share its selector.
 */
export const standardAbis = {
  erc20: only(erc20Abi, 'transfer', 'approve'),
  erc721: only(erc721Abi, 'safeTransferFrom'),
  erc1155: only(erc1155Abi, 'safeTransferFrom'),
  uups: only(daoAbi, 'upgradeTo', 'upgradeToAndCall'),
} as const;

export type StandardName = keyof typeof standardAbis;
export const standardNames = Object.keys(standardAbis) as StandardName[];
