import { resultsAbi } from '@covey/contracts/abi';
import type { ResultSummary } from '@covey/protocol';
import type { Hex } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import type { RoundId } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';

/** Commits to a round's result; `commitment` is `resultCommitment` of the protocol. */
export async function commitResult(covey: CoveyWriter, { taskId, round }: RoundId, commitment: Hex): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.results,
    abi: resultsAbi,
    functionName: 'commitResult',
    args: [taskId, round, commitment],
  });
}

/** Reveals a committed result. */
export async function revealResult(
  covey: CoveyWriter,
  { taskId, round }: RoundId,
  { summary, salt }: { summary: ResultSummary; salt: Hex },
): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.results,
    abi: resultsAbi,
    functionName: 'revealResult',
    args: [taskId, round, summary, salt],
  });
}
