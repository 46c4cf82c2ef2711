import { submissionsAbi } from '@covey/contracts/abi';
import { cidToChain } from '@covey/protocol';
import type { Hex } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import { eventIn } from '../chain/event-in.ts';
import type { RoundId } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';

/** Commits to a submission; `commitment` is `submissionCommitment` of the protocol. The node's or its operator's. */
export async function commitSubmission(covey: CoveyWriter, { taskId, round }: RoundId, commitment: Hex): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.submissions,
    abi: submissionsAbi,
    functionName: 'commit',
    args: [taskId, round, commitment],
  });
}

/** What a commitment opens to. */
export interface SubmissionOpening {
  cid: string;
  /** keccak256 Merkle root over the file in chunks of 1 KiB. */
  parameterRoot: Hex;
  salt: Hex;
}

/** Reveals a committed submission; gives its number in the round. */
export async function revealSubmission(
  covey: CoveyWriter,
  { taskId, round }: RoundId,
  { cid, parameterRoot, salt }: SubmissionOpening,
): Promise<Sent & { index: number }> {
  const address = covey.deployment.submissions;
  const sent = await covey.sender.send({
    address,
    abi: submissionsAbi,
    functionName: 'reveal',
    args: [taskId, round, cidToChain(cid), parameterRoot, salt],
  });
  const { index } = eventIn(sent.receipt, address, submissionsAbi, 'SubmissionRevealed').args;
  return { ...sent, index };
}
