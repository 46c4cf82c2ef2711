import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Wallet } from '@ethersproject/wallet';
import { toHex } from 'viem';
import type { PrivateKeyAccount } from 'viem';
import { governanceError } from '../errors.ts';
import { parseEnvelope } from '../snapshot/envelope.ts';
import type { EnvelopeOf } from '../snapshot/envelope.ts';
import type { SnapshotMessage } from '../snapshot/types.ts';
import { snapshotJs } from './snapshot-js.ts';

/** What snapshot.js asks of a signer. */
interface SnapshotSigner {
  address: string;
  _signTypedData(domain: unknown, types: unknown, message: unknown): Promise<string>;
}

/** A signer of ethers v5, for which snapshot.js was written. */
export const ethersSigner = (privateKey: Uint8Array): SnapshotSigner => new Wallet(toHex(privateKey));

/** A viem account behind the one method that snapshot.js calls. */
export const viemSigner = (account: PrivateKeyAccount): SnapshotSigner => ({
  address: account.address,
  _signTypedData: (domain, types, message) =>
    account.signTypedData({ domain, types, message, primaryType: Object.keys(types as object)[0] } as never),
});

/** The real snapshot.js client, and the other end of its line: what it posts, as it arrives over HTTP. */
export async function openSnapshotInbox() {
  let posted: unknown;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      posted = JSON.parse(body);
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ id: '0x', ipfs: '', relayer: { address: '', receipt: '' } }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const client = new snapshotJs.Client712(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  function received<kind extends 'proposal' | 'vote'>(kind: kind): EnvelopeOf<kind> {
    const envelope = parseEnvelope(posted);
    if (envelope.kind === kind) return envelope as unknown as EnvelopeOf<kind>;
    throw governanceError('GOV_ENVELOPE_TYPE', 'snapshot.js posted another message.', { got: envelope.kind });
  }
  return {
    async propose(signer: SnapshotSigner, message: SnapshotMessage<'proposal'>): Promise<EnvelopeOf<'proposal'>> {
      await client.proposal(signer as never, signer.address, { ...message } as never);
      return received('proposal');
    },
    /** `from`: the account that an alias signs for. */
    async vote(
      signer: SnapshotSigner,
      vote: Pick<SnapshotMessage<'vote'>, 'space' | 'timestamp' | 'proposal' | 'choice'> & {
        type: 'single-choice' | 'basic';
        from?: string;
        reason?: string;
        app?: string;
      },
    ): Promise<EnvelopeOf<'vote'>> {
      await client.vote(signer as never, signer.address, { ...vote } as never);
      return received('vote');
    },
    close: () => void server.close(),
  };
}
