import { resultsAbi } from '@covey/contracts/abi';
import { challengeCommitment, resultHash, type ResultSummary } from '@covey/protocol';
import { bytesToHex } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import { eventIn } from '../chain/event-in.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import { readRound } from '../chain/read-round.ts';
import { hasRevealed } from '../chain/read-validators.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';
import { readActingFor } from '../stake/read-allocations.ts';
import type { CrankParameters } from './crank-parameters.ts';

/**
 * Challenges the result that stands with another one, paying the bond: none where what stands is contested and the
 * account's node revealed the other one. It is committed to first, and made in a later block: who sees it on its way cannot
 * take its reward. What comes between the two costs a second commitment at most, so that nothing needs to be kept.
 */
export async function challengeResult(
  parameters: CrankParameters & { summary: ResultSummary },
): Promise<Sent & { bond: bigint }> {
  const { covey, taskId, round, summary, onEvent = ignoreActions } = parameters;
  const address = covey.deployment.results;
  const needed = await readChallengeBond(covey, { taskId, round, summary });
  if (needed > 0n) await ensureAllowance(covey, address, needed, onEvent);
  const hash = resultHash(summary);
  const salt = bytesToHex(globalThis.crypto.getRandomValues(new Uint8Array(32)));
  const challenger = covey.sender.address;
  await covey.sender.send({
    address,
    abi: resultsAbi,
    functionName: 'commitChallenge',
    args: [taskId, round, challengeCommitment({ taskId, round, challenger, resultHash: hash, salt })],
  });
  // Simulated in the block being built, which is a later one.
  const sent = await covey.sender.send({
    address,
    abi: resultsAbi,
    functionName: 'challenge',
    args: [taskId, round, summary, salt],
  });
  const { bond } = eventIn(sent.receipt, address, resultsAbi, 'ResultChallenged').args;
  const { tx, gasUsed } = sent;
  onEvent({ event: 'challenged', resultHash: hash, bond, taskId, round, tx, gasUsed });
  return { ...sent, bond };
}

/** What challenging with a result costs the writer's account as a bond now, in wei. */
export async function readChallengeBond(
  covey: CoveyWriter,
  { taskId, round, summary }: { taskId: bigint; round: number; summary: ResultSummary },
): Promise<bigint> {
  const { policyVersion, results } = await readRound(covey, taskId, round);
  if (results.contested) {
    const node = await readActingFor(covey, covey.sender.address);
    if (await hasRevealed(covey, { taskId, round }, node, resultHash(summary))) return 0n;
  }
  return await readPolicyNumber(covey, 'challengeBond', policyVersion);
}
