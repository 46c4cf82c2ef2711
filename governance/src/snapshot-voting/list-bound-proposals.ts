import { getContractEvents } from 'viem/actions';
import type { Address, Hex } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import type { ReadClient } from '@covey/client';
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
  deployment: Pick<Deployment, 'snapshotVoting' | 'startBlock'>;
  /** Only this one. */
  id?: Hex;
  /** First block to look at; default: the deployment's. */
  fromBlock?: bigint;
}

export type ListBoundProposalsReturnType = BoundRegistration[];

/** All proposals that were registered to be binding, the oldest first, with the actions that only events hold. */
export async function listBoundProposals(
  client: ReadClient,
  { deployment, id, fromBlock = BigInt(deployment.startBlock) }: ListBoundProposalsParameters,
): Promise<ListBoundProposalsReturnType> {
  const events = await getContractEvents(client, {
    address: pluginOf(deployment),
    abi: snapshotVotingAbi,
    eventName: 'ProposalRegistered',
    ...(id && { args: { id } }),
    fromBlock,
    toBlock: 'latest',
    strict: true,
  });
  return events.map(({ args, blockNumber }) => ({
    id: args.id,
    registrant: args.registrant,
    author: args.message.author,
    block: blockNumber,
    actions: [...args.actions],
  }));
}
