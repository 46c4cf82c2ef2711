import { concatHex, size } from 'viem';
import type { Hex } from 'viem';
import { packVote } from './pack-vote.ts';
import type { SignedVote } from './pack-vote.ts';

/** Most gas that one transaction may have (EIP-7825). */
export const maxTransactionGas = 16_777_216n;

/** Nodes take no transaction of more than 128 KiB; the rest of it is the call and the transaction around the votes. */
const maxBatchBytes = 128 * 1024 - 2_048;

/**
 * What a vote is counted with when batches are cut: somewhat more than it costs, since wallets that are contracts may do
 * anything. `submitVotes` asks the chain what a batch really costs before it sends it, and halves one that is too dear.
 */
const gasOf = { key: 38_000n, erc1271: 150_000n } as const;
/** Four fifths, so that the usual head room above an estimate still fits into a transaction. */
const maxBatchGas = (maxTransactionGas * 4n) / 5n;

export interface VoteBatch {
  packed: Hex;
  votes: SignedVote[];
}

export type PackVotesReturnType = VoteBatch[];

/** Packs votes in their order into as few batches as one transaction each can hold. */
export function packVotes(votes: readonly SignedVote[]): PackVotesReturnType {
  const batches: { parts: Hex[]; votes: SignedVote[]; bytes: number; gas: bigint }[] = [];
  for (const vote of votes) {
    const part = packVote(vote);
    const bytes = size(part);
    const gas = gasOf[vote.scheme ?? 'key'];
    let batch = batches.at(-1);
    if (!batch || batch.bytes + bytes > maxBatchBytes || batch.gas + gas > maxBatchGas) {
      batch = { parts: [], votes: [], bytes: 0, gas: 21_000n };
      batches.push(batch);
    }
    batch.parts.push(part);
    batch.votes.push(vote);
    batch.bytes += bytes;
    batch.gas += gas;
  }
  return batches.map(({ parts, votes: packed }) => ({ packed: concatHex(parts), votes: packed }));
}
