import {
  acceptOrDispute,
  advanceDraw,
  chainTime,
  finalize,
  openClaims,
  payForfeits,
  readCounted,
  readRound,
  readTask,
  voidIfPossible,
} from '@covey/client';
import type { CrankParameters, RoundOnChain } from '@covey/client';

/**
 * Does the step of a round that anyone may do and whose time has come: draw, void, accept or dispute, finalize, open
 * claims, pay forfeits. Returns true when nothing of that kind is left.
 */
export async function crankRound(parameters: CrankParameters): Promise<boolean> {
  const { covey, taskId, round } = parameters;
  const info = await readRound(covey, taskId, round);
  switch (info.phase) {
    case 'void':
      return await payForfeits(parameters, info);
    case 'acceptance':
      if (!(await voidIfPossible(parameters))) await acceptOrDispute(parameters);
      return false;
    case 'challenge':
      if ((await chainTime(covey)) >= BigInt(info.challengeEnd)) await finalize(parameters);
      return false;
    case 'claimable':
      await openClaims(parameters);
      return true;
    case 'disputed':
      if ((await chainTime(covey)) >= BigInt(info.disputeEnd)) await voidIfPossible(parameters);
      return false;
    case 'commit':
      return false;
    default:
      if (await cannotFinish(parameters, info)) await voidIfPossible(parameters);
      else if (info.phase !== 'resultCommit' && info.phase !== 'resultReveal') await advanceDraw(parameters);
      return false;
  }
}

/** From what the round shows: worth asking the contract whether it can be voided. */
async function cannotFinish({ covey, taskId }: CrankParameters, info: RoundOnChain): Promise<boolean> {
  const { phase } = info;
  if (info.candidateStake === 0n) return true;
  if (phase !== 'reveal' && info.submissions === 0) return true;
  if (phase !== 'reveal' && phase !== 'key' && info.key === null) return true;
  if ((phase === 'resultCommit' || phase === 'resultReveal') && !(await anythingCounts(covey, info))) return true;
  return (await readTask(covey, taskId)).state === 'stopped';
}

async function anythingCounts(covey: CrankParameters['covey'], { taskId, round }: RoundOnChain): Promise<boolean> {
  return (await readCounted(covey, taskId, round)).some((word) => word !== 0n);
}
