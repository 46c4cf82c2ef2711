import type { Hex } from 'viem';
import { governanceError } from '../errors.ts';
import type { EnvelopeOf } from '../snapshot/envelope.ts';
import { queryHub, readMessage } from './hub-messages.ts';
import type { HubSource } from './hub-messages.ts';

export interface ReadHubProposalParameters extends HubSource {
  id: Hex;
}

export type ReadHubProposalReturnType = EnvelopeOf<'proposal'>;

/** A proposal as its author signed it, by way of a hub that need not be believed. */
export async function readHubProposal(parameters: ReadHubProposalParameters): Promise<ReadHubProposalReturnType> {
  const { hub, id } = parameters;
  const data = await queryHub(hub, 'query ($id: String!) { proposal(id: $id) { ipfs } }', { id });
  const cid = (data as { proposal?: { ipfs?: unknown } | null }).proposal?.ipfs;
  if (typeof cid !== 'string') {
    throw governanceError('GOV_UNKNOWN_PROPOSAL', `The hub does not know proposal ${id}.`, { got: hub });
  }
  const envelope = await readMessage(parameters, { cid, id });
  if (envelope.kind !== 'proposal') {
    throw governanceError('GOV_ENVELOPE_TYPE', `${id} is no proposal.`, { got: envelope.kind });
  }
  return envelope;
}
