import type { CoveyError } from '@covey/errors';
import type { Hex } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import { snapshotStates } from '@covey/contracts/abi/enums';
import { chainError, isRevert } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { governanceError } from '../errors.ts';
import { bindingTypes } from './binding-message.ts';
import type { BindingType } from './binding-message.ts';
import { pluginOf } from './plugin.ts';

export type BoundState = Exclude<(typeof snapshotStates)[number], 'none'>;

/** A registered proposal as the chain has it. Times are unix seconds, amounts wei of votes. */
export interface BoundProposal {
  id: Hex;
  state: BoundState;
  type: BindingType;
  /** How many there are. */
  choices: number;
  start: number;
  end: number;
  submissionEnd: number;
  executableFrom: number;
  executableUntil: number;
  snapshot: number;
  settingsVersion: number;
  actionsHash: Hex;
  minPower: bigint;
  tally: { forVotes: bigint; against: bigint; abstain: bigint; voters: bigint };
}

export interface GetBoundProposalParameters {
  id: Hex;
}

export type GetBoundProposalReturnType = BoundProposal;
export type GetBoundProposalErrorType = CoveyError;

/** Reads a proposal that was registered to be binding; throws GOV_UNKNOWN_PROPOSAL for one that was not. */
export async function getBoundProposal(
  covey: CoveyChain<'snapshotVoting'>,
  { id }: GetBoundProposalParameters,
): Promise<GetBoundProposalReturnType> {
  const address = pluginOf(covey.deployment);
  let view;
  try {
    view = await covey.publicClient.readContract({
      address,
      abi: snapshotVotingAbi,
      functionName: 'getProposal',
      args: [id],
    });
  } catch (error) {
    const typed = chainError(error, `Reading proposal ${id}`);
    throw isRevert(typed, 'UnknownProposal') ? unknown(id) : typed;
  }
  const state = decodeEnum(snapshotStates, view.state);
  if (state === 'none') throw unknown(id);
  const { state: _state, voteType, ...rest } = view;
  return { id, state, type: decodeEnum(bindingTypes, voteType), ...rest };
}

const unknown = (id: Hex): CoveyError =>
  governanceError('GOV_UNKNOWN_PROPOSAL', `Proposal ${id} was not registered on chain.`, {
    got: id,
    hint: 'It is a signal only, and stays one once its voting has begun.',
  });
