import { resultsAbi } from '@covey/contracts/abi';
import type { Hex } from 'viem';
import { ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readRevealedResults } from '../chain/read-results.ts';
import { readRound } from '../chain/read-round.ts';
import { clientError } from '../errors.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/** What was accepted, and whether too few seats were on it to stand but by default. */
export interface AcceptedResult {
  resultHash: Hex;
  contested: boolean;
}

/** Lets the result with most seats stand; null when somebody else was faster. ROUND_NOT_READY where nobody revealed one. */
export async function acceptResult(parameters: CrankParameters): Promise<AcceptedResult | null> {
  const { covey, taskId, round, onEvent = ignoreActions } = parameters;
  const info = await readRound(covey, taskId, round);
  const { leading } = info.results;
  const best = (await readRevealedResults(covey, info)).find(({ resultHash }) => resultHash === leading);
  if (!best) {
    throw clientError('ROUND_NOT_READY', `Nobody revealed a result of round ${round} of task ${taskId}.`);
  }
  const address = covey.deployment.results;
  const sent = await ignoring(['WrongPhase'], () =>
    covey.sender.send({ address, abi: resultsAbi, functionName: 'accept', args: [taskId, round, best.summary] }),
  );
  if (!sent) return null;
  const event = eventIn(sent.receipt, address, resultsAbi, 'ResultAccepted');
  const { resultHash, contested, seats, revealedSeats } = event.args;
  const { tx, gasUsed } = sent;
  onEvent({ event: 'accepted', resultHash, contested, seats, revealedSeats, taskId, round, tx, gasUsed });
  return { resultHash, contested };
}
