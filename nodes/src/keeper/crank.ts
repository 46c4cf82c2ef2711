import {
  acceptResult,
  advanceDraw,
  chainTime,
  earnEmission,
  finalize,
  openClaims,
  payForfeits,
  reached,
  readEarning,
  readRound,
  readTaskProgress,
  voidIfPossible,
} from '@covey/client';
import type { DrawParameters, RoundOnChain } from '@covey/client';

export interface CrankRoundParameters extends DrawParameters {
  /** Mint what a finalized round earned. Default true. */
  emission?: boolean;
}

/**
 * Does the step of a round that anyone may do and whose time has come: draw seats, void or repeat, accept, finalize, open
 * claims, mint what it earned, pay forfeits. Returns true when nothing of that kind is left.
 */
export async function crankRound(parameters: CrankRoundParameters): Promise<boolean> {
  const { covey, taskId, round } = parameters;
  const info = await readRound(covey, taskId, round);
  switch (info.phase) {
    case 'void':
      return await payForfeits(parameters, info);
    case 'claimable':
      await openClaims(parameters);
      await earn(parameters);
      return true;
    case 'challenge':
    case 'ruling': {
      const end = info.phase === 'challenge' ? info.challengeEnd : info.rulingEnd;
      if ((await chainTime(covey)) >= BigInt(end)) await finalize(parameters);
      return false;
    }
    case 'trainerDraw':
    case 'validatorDraw':
      if ((await advanceDraw(parameters)) === 'failed') await voidIfPossible(parameters);
      return false;
    default:
      if ((await mayFail(parameters, info)) && (await voidIfPossible(parameters)) !== null) return false;
      if (info.phase === 'acceptance') await acceptResult(parameters);
      return false;
  }
}

/** From what the round shows: worth asking the contract whether it can still finish. */
async function mayFail({ covey, taskId }: CrankRoundParameters, info: RoundOnChain): Promise<boolean> {
  const { phase, submissions, key, results } = info;
  if (reached(phase, 'validatorJoin') && submissions === 0) return true;
  // Before the end of its window only where the attestations failed.
  if (reached(phase, 'key') && key === null) return true;
  if (phase === 'acceptance' && results.revealed === 0) return true;
  return (await readTaskProgress(covey, taskId)).state === 'stopped';
}

async function earn({ covey, taskId, round, emission = true, onEvent }: CrankRoundParameters): Promise<void> {
  if (!emission || (await readEarning(covey, { taskId, round })).earned) return;
  await earnEmission(covey, { taskId, round }, onEvent);
}
