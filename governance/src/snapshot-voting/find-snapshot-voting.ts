import { toFunctionSelector } from 'viem';
import type { Address, Hex } from 'viem';
import { readContract } from 'viem/actions';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '@covey/client';
import { liveGrants } from '../deploy/grants.ts';
import { pluginOf } from './plugin.ts';

/** Of the interface, not of its implementation: their selectors together are its ERC-165 id. */
const functions = [
  'register',
  'submitVotes',
  'execute',
  'veto',
  'updateSettings',
  'token',
  'space',
  'settingsVersion',
  'settings',
  'getProposal',
  'getVote',
  'pluginsField',
  'hashActions',
] as const;

export const snapshotVotingInterfaceId: Hex = `0x${snapshotVotingAbi
  .flatMap((item) =>
    item.type === 'function' && (functions as readonly string[]).includes(item.name) ? [toFunctionSelector(item)] : [],
  )
  .reduce((id, selector) => id ^ BigInt(selector), 0n)
  .toString(16)
  .padStart(8, '0')}`;

/** The one function of EIP-165, which is a standard's and no contract's. */
export const erc165Abi = [
  {
    type: 'function',
    name: 'supportsInterface',
    stateMutability: 'view',
    inputs: [{ name: 'interfaceId', type: 'bytes4' }],
    outputs: [{ type: 'bool' }],
  },
] as const;

/**
 * Where the DAO has SnapshotVoting, from the chain alone: who may execute on it now, and answers for the interface.
 * Undefined when nobody does. Of two, the one that was installed last.
 */
export async function findSnapshotVoting(
  client: ReadClient,
  deployment: Pick<Deployment, 'dao' | 'startBlock'>,
): Promise<Address | undefined> {
  const holders = (await liveGrants(client, deployment))
    .filter(({ permission, where }) => permission === 'EXECUTE' && where.toLowerCase() === deployment.dao.toLowerCase())
    .map(({ who }) => who);
  const answers = await Promise.all(
    holders.map((address) =>
      readContract(client, {
        address,
        abi: erc165Abi,
        functionName: 'supportsInterface',
        args: [snapshotVotingInterfaceId],
      }).catch(() => false),
    ),
  );
  return holders.findLast((_, index) => answers[index]);
}

/** The deployment with its SnapshotVoting: as the file names it, else as the chain does; throws when there is none. */
export async function withSnapshotVoting<deployment extends Pick<Deployment, 'dao' | 'startBlock' | 'snapshotVoting'>>(
  client: ReadClient,
  deployment: deployment,
): Promise<deployment & { snapshotVoting: Address }> {
  const found = deployment.snapshotVoting ?? (await findSnapshotVoting(client, deployment));
  return { ...deployment, snapshotVoting: pluginOf({ snapshotVoting: found }) };
}
