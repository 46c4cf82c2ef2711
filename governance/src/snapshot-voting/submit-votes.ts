import type { CoveyError } from '@covey/errors';
import { parseEventLogs } from 'viem';
import type { Address, Hex, TransactionReceipt } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import { voteRejections } from '@covey/contracts/abi/enums';
import { transact } from '../transact.ts';
import { isRevert } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { getBoundProposal } from './get-bound-proposal.ts';
import type { SignedVote } from './pack-vote.ts';
import { maxTransactionGas, packVotes } from './pack-votes.ts';
import { pluginOf } from './plugin.ts';
import { notCounted, votesToSubmit } from './votes-to-submit.ts';
import type { SkippedVote } from './votes-to-submit.ts';

export interface SubmitVotesProgress {
  /** Votes that were sent so far, of `total` that are worth sending. */
  done: number;
  total: number;
  receipt: TransactionReceipt;
}

export interface SubmitVotesParameters {
  /** The proposal. */
  id: Hex;
  /** Signed votes from anywhere: `readHubVotes`, a file, the voter's own copy. */
  envelopes: readonly SignedVote[];
  onProgress?: (progress: SubmitVotesProgress) => void;
  /** How often a batch that could not be sent is tried again, with half as many votes; default 5. */
  retries?: number;
}

export interface RejectedVote {
  voter: Address;
  reason: (typeof voteRejections)[number];
}

export interface SubmitVotesReturnType {
  /** Votes that came on chain meanwhile. */
  counted: number;
  /** Not sent. */
  skipped: SkippedVote[];
  /** Sent, and left out by the contract. */
  rejected: RejectedVote[];
  receipts: TransactionReceipt[];
}

export type SubmitVotesErrorType = CoveyError;

const retryMs = 500;

/**
 * Brings votes on chain, in as few transactions as it takes. Anyone may, and many at once: what counts already is not
 * sent again, so it can be called again after any failure and goes on where it stopped.
 */
export async function submitVotes(
  covey: CoveyWriter<'snapshotVoting'>,
  { id, envelopes, onProgress, retries = 5 }: SubmitVotesParameters,
): Promise<SubmitVotesReturnType> {
  const plugin = pluginOf(covey.deployment);
  const proposal = await getBoundProposal(covey, { id });
  const context = { publicClient: covey.publicClient, plugin, proposal };
  const { candidates, skipped } = await votesToSubmit(context, envelopes);
  const { gasLimit } = await covey.publicClient.getBlock();
  const maxGas = gasLimit < maxTransactionGas ? gasLimit : maxTransactionGas;

  const result: SubmitVotesReturnType = { counted: 0, skipped, rejected: [], receipts: [] };
  let left = candidates;
  let most = candidates.length;
  let failures = 0;
  while (left.length > 0) {
    const batch = packVotes(left.slice(0, most))[0] as ReturnType<typeof packVotes>[number];
    let receipt: TransactionReceipt;
    try {
      receipt = await transact(covey.sender, {
        address: plugin,
        abi: snapshotVotingAbi,
        functionName: 'submitVotes',
        args: [id, batch.packed],
        what: `Submitting ${batch.votes.length} votes`,
        hint: 'Votes are taken from the start of voting to the end of the submission.',
        maxGas,
      });
    } catch (error) {
      failures += 1;
      if (isRefusal(error) || failures > retries) throw error;
      most = Math.ceil(batch.votes.length / 2);
      await new Promise((resolve) => setTimeout(resolve, retryMs * failures));
      // It may have been mined although the answer got lost.
      left = await notCounted(context, left, () => void (result.counted += 1));
      continue;
    }
    failures = 0;
    const rejected = rejections(receipt);
    result.receipts.push(receipt);
    result.rejected.push(...rejected);
    result.counted += batch.votes.length - rejected.length;
    left = left.slice(batch.votes.length);
    onProgress?.({ done: candidates.length - left.length, total: candidates.length, receipt });
  }
  return result;
}

/** The contract said no, by name: the same batch would hear the same again. */
const isRefusal = (error: unknown): boolean => isRevert(error);

const rejections = ({ logs }: TransactionReceipt): RejectedVote[] =>
  parseEventLogs({ abi: snapshotVotingAbi, eventName: 'VoteRejected', logs, strict: true }).map(({ args }) => ({
    voter: args.voter,
    reason: decodeEnum(voteRejections, args.reason),
  }));
