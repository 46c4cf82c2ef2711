import { getAddress } from 'viem';
import { signTypedData } from 'viem/actions';
import type { WriteClient } from '@covey/client';
import { parseEnvelope, typedData, wireEnvelope } from './envelope.ts';
import type { WireEnvelope } from './envelope.ts';
import { snapshotTypes } from './types.ts';
import type { SnapshotKind, SnapshotMessage } from './types.ts';

export interface SignEnvelopeParameters<kind extends SnapshotKind> {
  kind: kind;
  message: Omit<SnapshotMessage<kind>, 'from'>;
}

/** Signs as snapshot.js does, with any viem wallet client; the result is what a Snapshot hub accepts as its body. */
export async function signEnvelope<kind extends SnapshotKind>(
  client: WriteClient,
  parameters: SignEnvelopeParameters<kind>,
): Promise<WireEnvelope> {
  const address = getAddress(client.account.address);
  const { kind } = parameters;
  const message = { ...parameters.message, from: address };
  const sig = await signTypedData(client, { ...typedData(kind, message), account: client.account });
  const data = { domain: typedData(kind, message).domain, types: snapshotTypes[kind], message };
  // Through the parser, so that what we sign is never what we would refuse.
  return wireEnvelope(parseEnvelope({ address, sig, data }) as unknown as Parameters<typeof wireEnvelope>[0]);
}
