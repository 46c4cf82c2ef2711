import type { Address, Hex } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Action } from '../catalogue/action.ts';
import type { CoveyChain } from '@covey/client';
import { pluginOf } from './plugin.ts';

/** A registration as its event tells it. */
export interface BoundRegistration {
  id: Hex;
  registrant: Address;
  author: Address;
  /** Block of the registration. */
  block: bigint;
  actions: Action[];
}

export interface ListBoundProposalsParameters {
  /** Only this one. */
  id?: Hex;
  /** First block to look at; default: the deployment's. */
  fromBlock?: bigint;
}

export type ListBoundProposalsReturnType = BoundRegistration[];

/** All proposals that were registered to be binding, the oldest first, with the actions that only events hold. */
export async function listBoundProposals(
  covey: CoveyChain<'snapshotVoting' | 'startBlock'>,
  { id, fromBlock }: ListBoundProposalsParameters = {},
): Promise<ListBoundProposalsReturnType> {
  const events = await covey.events({
    address: pluginOf(covey.deployment),
    abi: snapshotVotingAbi,
    eventName: 'ProposalRegistered',
    ...(id && { args: { id } }),
    ...(fromBlock !== undefined && { fromBlock }),
  });
  return events.map(({ args, blockNumber }) => ({
    id: args.id,
    registrant: args.registrant,
    author: args.message.author,
    block: blockNumber,
    actions: [...args.actions],
  }));
}
