import { encodeFunctionData, erc20Abi, erc721Abi } from 'viem';
import type { Address } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';
import { erc1155Abi } from './standards.ts';

/** Pays any ERC-20 token that the DAO holds; amount in the token's smallest unit. */
export const transferErc20 = (payment: { token: Address; to: Address; amount: bigint }): Action => ({
  to: payment.token,
  value: 0n,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [payment.to, payment.amount] }),
});

/** Pays Covey tokens that the DAO holds; amount in wei. */
export const transferTokens = (
  { token }: Pick<Deployment, 'token'>,
  payment: { to: Address; amount: bigint },
): Action => transferErc20({ token, ...payment });

/** Gives away an NFT (ERC-721) that the DAO holds. A contract has to accept it. */
export const transferNft = (
  { dao }: Pick<Deployment, 'dao'>,
  { token, to, tokenId }: { token: Address; to: Address; tokenId: bigint },
): Action => ({
  to: token,
  value: 0n,
  data: encodeFunctionData({ abi: erc721Abi, functionName: 'safeTransferFrom', args: [dao, to, tokenId] }),
});

/** Gives away some of an ERC-1155 token that the DAO holds. */
export const transferErc1155 = (
  { dao }: Pick<Deployment, 'dao'>,
  { token, to, tokenId, amount }: { token: Address; to: Address; tokenId: bigint; amount: bigint },
): Action => ({
  to: token,
  value: 0n,
  data: encodeFunctionData({
    abi: erc1155Abi,
    functionName: 'safeTransferFrom',
    args: [dao, to, tokenId, amount, '0x'],
  }),
});

/** Pays the chain's own coin that the DAO holds; amount in wei. */
export const transferCoins = (payment: { to: Address; amount: bigint }): Action => ({
  to: payment.to,
  value: payment.amount,
  data: '0x',
});
