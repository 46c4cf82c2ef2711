import { isAddressEqual, toFunctionSelector } from 'viem';
import type { Address, Hex } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { contractAnswer } from '../contract-answer.ts';
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
  'tokenVoting',
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
export async function findSnapshotVoting(covey: CoveyChain<'dao' | 'startBlock'>): Promise<Address | undefined> {
  const { dao } = covey.deployment;
  const holders = (await liveGrants(covey))
    .filter(({ permission, where }) => permission === 'EXECUTE' && isAddressEqual(where, dao))
    .map(({ who }) => who);
  const answers = await Promise.all(holders.map((address) => isSnapshotVoting(covey, address)));
  return holders.findLast((_, index) => answers[index]);
}

/** Whether a contract says that it is a SnapshotVoting; one that does not answer is none. */
export async function isSnapshotVoting({ publicClient }: CoveyChain<never>, address: Address): Promise<boolean> {
  const args = [snapshotVotingInterfaceId] as const;
  const asked = publicClient.readContract({ address, abi: erc165Abi, functionName: 'supportsInterface', args });
  return (await contractAnswer(asked)) ?? false;
}

/** A context whose deployment names its SnapshotVoting. */
export type WithSnapshotVoting<chain extends CoveyChain<'snapshotVoting'>> = chain & {
  readonly deployment: { snapshotVoting: Address };
};

/** The context with its SnapshotVoting: as the file names it, else as the chain does; throws when there is none. */
export async function withSnapshotVoting<chain extends CoveyChain<'dao' | 'startBlock' | 'snapshotVoting'>>(
  covey: chain,
): Promise<WithSnapshotVoting<chain>> {
  const { deployment } = covey;
  const snapshotVoting = pluginOf({
    snapshotVoting: deployment.snapshotVoting ?? (await findSnapshotVoting(covey)),
  });
  return { ...covey, deployment: { ...deployment, snapshotVoting } };
}
