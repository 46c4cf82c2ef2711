import { getAddress } from 'viem';
import type { HubReader } from '../hub/types.ts';
import { toVotes } from '../hub/wire.ts';
import { readDelegate } from '../views/delegate.ts';
import { listDelegates } from '../views/delegates.ts';
import type { Reader } from '../views/reader.ts';
import { listEnvelopes, listSnapshotProposals, readSnapshotProposal } from '../views/snapshot.ts';
import type { Answers } from './serve-endpoints.ts';

export interface VotingAnswersOptions {
  reader: Reader;
  hub: HubReader;
  /** A block of the server's IPFS. */
  block(cid: string): Promise<Uint8Array>;
}

/** Delegates and gasless proposals: what chain and hub say together. */
export function votingAnswers({ reader, hub, block }: VotingAnswersOptions) {
  return {
    delegates: ({ query: { statement, ...query } }) =>
      listDelegates(reader, hub, { ...query, statement: statement === 'true' }),
    delegate: ({ params }) => readDelegate(reader, hub, params.address),
    snapshotProposals: ({ query }) => listSnapshotProposals(reader, hub, query),
    snapshotProposal: ({ params }) => readSnapshotProposal(reader, hub, params.digest),
    snapshotEnvelopes: ({ params, query: { pending, ...query } }) =>
      listEnvelopes(reader, hub, { ...query, id: params.digest, pending: pending === 'true', block }),
    async snapshotPower({ query }) {
      const at = query.block ?? reader.block().number - 1;
      const wei = await hub.power(getAddress(query.address), at);
      return { address: getAddress(query.address), block: at, vp: toVotes(wei), wei: wei.toString() };
    },
  } satisfies Partial<Answers>;
}
