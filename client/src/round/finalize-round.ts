import { resultsAbi } from '@covey/contracts/abi';
import { cidFromChain } from '@covey/protocol';
import { ignoring } from '../chain/contract-error.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';
import { voidedIn } from './void-round.ts';

/** Closes a round whose challenge window has passed, or whose ruling did not come: claimable, or void. */
export async function finalize({ covey, taskId, round, onEvent = ignoreActions }: CrankParameters): Promise<void> {
  const sent = await ignoring(['WrongPhase'], () =>
    covey.sender.send({
      address: covey.deployment.results,
      abi: resultsAbi,
      functionName: 'finalize',
      args: [taskId, round],
    }),
  );
  if (!sent) return;
  const { tx, gasUsed } = sent;
  const reason = voidedIn(sent);
  if (reason) {
    onEvent({ event: 'voided', reason, taskId, round, tx, gasUsed });
    return;
  }
  const info = await readRound(covey, taskId, round);
  const accepted = await readAccepted(covey, info);
  if (!accepted || !info.acceptedHash) return;
  const model = cidFromChain(accepted.model);
  onEvent({ event: 'finalized', resultHash: info.acceptedHash, model, taskId, round, tx, gasUsed });
}
