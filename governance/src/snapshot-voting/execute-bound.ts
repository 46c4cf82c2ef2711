import type { CoveyError } from '@covey/errors';
import type { Hex, TransactionReceipt } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Action } from '../catalogue/action.ts';
import { eventIn } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { transact } from '../transact.ts';
import { governanceError } from '../errors.ts';
import { listBoundProposals } from './list-bound-proposals.ts';
import { pluginOf } from './plugin.ts';

export interface ExecuteBoundParameters {
  id: Hex;
  /** Default: those of the registration, read from its event. */
  actions?: readonly Action[];
}

export interface ExecuteBoundReturnType {
  hash: Hex;
  receipt: TransactionReceipt;
}

export type ExecuteBoundErrorType = CoveyError;

/** Makes the DAO do what a binding Snapshot vote decided. Anyone may, from the end of the delay on. */
export async function executeBound(
  covey: CoveyWriter<'snapshotVoting' | 'startBlock'>,
  { id, actions }: ExecuteBoundParameters,
): Promise<ExecuteBoundReturnType> {
  const plugin = pluginOf(covey.deployment);
  const registered = actions ?? (await listBoundProposals(covey, { id }))[0]?.actions;
  if (!registered) {
    throw governanceError('GOV_UNKNOWN_PROPOSAL', `Proposal ${id} was not registered on chain.`, { got: id });
  }
  const receipt = await transact(covey.sender, {
    address: plugin,
    abi: snapshotVotingAbi,
    functionName: 'execute',
    args: [id, registered],
    what: `Executing proposal ${id}`,
    hint: 'It must have won, its delay must have passed without a veto, and it can be executed once.',
  });
  eventIn(receipt, plugin, snapshotVotingAbi, 'ProposalExecuted');
  return { hash: receipt.transactionHash, receipt };
}
