import { encodeFunctionData, stringToHex } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';

type Dao = Pick<Deployment, 'dao'>;

const call = ({ dao }: Dao, data: Hex): Action => ({ to: dao, value: 0n, data });

/** Names another document as the DAO's description, usually `ipfs://<cid>`. */
export const setMetadata = (deployment: Dao, uri: string): Action =>
  call(deployment, encodeFunctionData({ abi: daoAbi, functionName: 'setMetadata', args: [stringToHex(uri)] }));

/** Names another document by EIP-4824. */
export const setDaoUri = (deployment: Dao, uri: string): Action =>
  call(deployment, encodeFunctionData({ abi: daoAbi, functionName: 'setDaoURI', args: [uri] }));

/** Lets a contract speak for others in meta transactions (ERC-2771); the zero address: nobody. */
export const setTrustedForwarder = (deployment: Dao, forwarder: Address): Action =>
  call(deployment, encodeFunctionData({ abi: daoAbi, functionName: 'setTrustedForwarder', args: [forwarder] }));

/** Makes the DAO answer calls of a standard, for instance to accept tokens of a new kind. */
export const registerCallback = (
  deployment: Dao,
  { interfaceId, selector, magic }: { interfaceId: Hex; selector: Hex; magic: Hex },
): Action =>
  call(
    deployment,
    encodeFunctionData({ abi: daoAbi, functionName: 'registerStandardCallback', args: [interfaceId, selector, magic] }),
  );
