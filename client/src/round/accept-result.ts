import { roundManagerAbi } from '@covey/contracts/abi';
import type { ResultSummary } from '@covey/protocol';
import { parseEventLogs, type Hex } from 'viem';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import { readRevealedResults } from '../chain/read-validators.ts';
import { readRound } from '../chain/read-round.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** Accepts the result with the most seats, or marks the round as disputed where none has enough. */
export async function acceptOrDispute(parameters: CrankParameters): Promise<'accepted' | 'disputed'> {
  const { covey, taskId, round, onEvent = ignoreActions } = parameters;
  const results = await readResults(parameters);
  const best = results[0];
  if (!best) {
    throw clientError('ROUND_NOT_READY', `Nobody revealed a result of round ${round} of task ${taskId}.`);
  }
  const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi } as const;
  const accepted = await ignoring(['ThresholdNotMet'], () =>
    covey.sender.send({ ...contract, functionName: 'accept', args: [taskId, round, best.summary] }),
  );
  if (accepted) {
    const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'ResultAccepted', logs: accepted.logs });
    const { seats = 0, revealedSeats = 0 } = event?.args ?? {};
    const { tx, gasUsed } = accepted;
    onEvent({ event: 'accepted', resultHash: best.resultHash, seats, revealedSeats, taskId, round, tx, gasUsed });
    return 'accepted';
  }
  const hashes = results.map(({ resultHash }) => resultHash).toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const sent = await covey.sender.send({ ...contract, functionName: 'dispute', args: [taskId, round, hashes] });
  onEvent({ event: 'disputed', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return 'disputed';
}

/** The revealed results with their seats, most seats first. */
export async function readResults({
  covey,
  taskId,
  round,
}: Pick<CrankParameters, 'covey' | 'taskId' | 'round'>): Promise<
  { resultHash: Hex; summary: ResultSummary; seats: number }[]
> {
  const info = await readRound(covey, taskId, round);
  const revealed = await readRevealedResults(covey, info);
  try {
    const tallies = await Promise.all(
      revealed.map(async (result) => {
        const { seats } = await covey.publicClient.readContract({
          address: covey.deployment.roundManager,
          abi: roundManagerAbi,
          functionName: 'agreement',
          args: [taskId, round, result.resultHash],
        });
        return { ...result, seats };
      }),
    );
    return tallies.toSorted((a, b) => b.seats - a.seats);
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${round} of task ${taskId}`);
  }
}
