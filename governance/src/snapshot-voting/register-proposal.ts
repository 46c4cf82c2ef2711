import type { CoveyError } from '@covey/errors';
import { getAddress } from 'viem';
import type { Hex, TransactionReceipt } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Action } from '../catalogue/action.ts';
import { eventIn } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { transact } from '../transact.ts';
import { messageId } from '../snapshot/envelope.ts';
import type { SnapshotMessage } from '../snapshot/types.ts';
import { checkBindingTexts, unbindable } from './binding-message.ts';
import { toChainMessage } from './chain-message.ts';
import { hashActions } from './hash-actions.ts';
import { pluginOf } from './plugin.ts';
import { pluginsField } from './plugins-field.ts';

export interface RegisterProposalParameters {
  /** The proposal as it was signed, also one of another author. */
  message: SnapshotMessage<'proposal'>;
  /** Its author's, as the envelope has it; only the author registers without. */
  signature?: Hex;
  /** What the message commits to. */
  actions: readonly Action[];
  /** With which words choice 1, which executes, may begin; default: `approvalWords`. */
  approvalWords?: readonly string[];
}

export interface RegisterProposalReturnType {
  /** EIP-712 digest of the message: the proposal's id here and on every hub. */
  id: Hex;
  receipt: TransactionReceipt;
}

export type RegisterProposalErrorType = CoveyError;

/**
 * Makes a Snapshot proposal binding. Needs the plugin's minimum of votes a block before, has to come before its start, and
 * from its author or with the author's signature.
 */
export async function registerProposal(
  covey: CoveyWriter<'chainId' | 'snapshotVoting'>,
  { message, signature = '0x', actions, approvalWords }: RegisterProposalParameters,
): Promise<RegisterProposalReturnType> {
  const plugin = pluginOf(covey.deployment);
  const committed = pluginsField(covey.deployment, hashActions(actions));
  if (message.plugins !== committed) {
    throw unbindable('it commits to another chain, plugin or other actions', committed, message.plugins);
  }
  checkBindingTexts(message, approvalWords);
  const receipt = await transact(covey.sender, {
    address: plugin,
    abi: snapshotVotingAbi,
    functionName: 'register',
    args: [toChainMessage(message), actions, signature],
    what: 'Registering the proposal',
    hint: 'It has to be registered before its start, soon after its snapshot block, by an account with enough votes, with its author’s signature.',
  });
  const { id } = eventIn(receipt, plugin, snapshotVotingAbi, 'ProposalRegistered').args;
  const expected = messageId({ kind: 'proposal', message });
  // Only the space can differ: all else was compared or is in the call.
  if (id !== expected) throw unbindable(`${getAddress(plugin)} counts another space`, expected, id);
  return { id, receipt };
}
