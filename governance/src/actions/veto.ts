import type { CoveyError } from '@covey/errors';
import type { Hex } from 'viem';
import type { CoveyWriter } from '@covey/client';
import { governanceError } from '../errors.ts';
import { getBoundProposal } from '../snapshot-voting/get-bound-proposal.ts';
import { vetoBound } from '../snapshot-voting/veto-bound.ts';
import { createProposal } from './create-proposal.ts';
import type { CreateProposalParameters, CreateProposalReturnType } from './create-proposal.ts';

export interface VetoParameters extends Omit<CreateProposalParameters, 'actions'> {
  /** Of the binding Snapshot proposal that shall be stopped. */
  id: Hex;
}

export type VetoReturnType = CreateProposalReturnType;
export type VetoErrorType = CoveyError;

const over = ['defeated', 'executed', 'vetoed', 'expired'];

/** Proposes that the DAO stops a binding Snapshot proposal. It has to pass before that one is executed. */
export async function veto(
  covey: CoveyWriter<'tokenVoting' | 'snapshotVoting'>,
  parameters: VetoParameters,
): Promise<VetoReturnType> {
  const { id, ...proposal } = parameters;
  const { state } = await getBoundProposal(covey, { id });
  if (over.includes(state)) {
    throw governanceError('GOV_PROPOSAL_FORBIDDEN', `There is nothing to veto: proposal ${id} is ${state}.`, {
      got: state,
    });
  }
  return createProposal(covey, { ...proposal, actions: [vetoBound(covey.deployment, id)] });
}
