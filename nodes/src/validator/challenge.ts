import { chainTime, challengeResult, ignoring, readChallengeBond, readChallenges } from '@covey/client';
import type { CoveyWriter, RoundOnChain, Sent } from '@covey/client';
import { resultHash, type ResultSummary } from '@covey/protocol';
import { isAddressEqual } from 'viem';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import type { OperatorLimits } from '../participant/limits.ts';

export interface ChallengeOwnParameters {
  covey: CoveyWriter;
  info: RoundOnChain;
  /** What the challenger computed, and not what stands. */
  summary: ResultSummary;
  limits: Pick<OperatorLimits, 'maxBond'>;
  onEvent: OnEvent;
}

/** What another challenger, or the clock, was faster with. */
const outrun = ['ResultStands', 'AlreadyChallenged', 'TooManyChallenges', 'WrongPhase'] as const;

/**
 * Challenges what stands with the own result, with a bond inside the limits: BOND_LIMIT where it would be higher. null when
 * the same challenge is there, or no more can be.
 */
export async function challengeOwn(parameters: ChallengeOwnParameters): Promise<Sent | null> {
  const { covey, info, summary, limits, onEvent } = parameters;
  const { taskId, round } = info;
  if (!(await mayChallenge(covey, info, summary))) return null;
  const bond = await readChallengeBond(covey, { taskId, round, summary });
  const { maxBond } = limits;
  if (maxBond !== undefined && bond > maxBond) {
    throw nodeError('BOND_LIMIT', `Challenging round ${round} of task ${taskId} takes a bond.`, {
      expected: `at most ${maxBond} wei`,
      got: String(bond),
    });
  }
  return await ignoring([...outrun], () => challengeResult({ covey, taskId, round, summary, onEvent }));
}

/** Others join the first challenge with their results until the window ends; each result and each challenger once. */
async function mayChallenge(covey: CoveyWriter, info: RoundOnChain, summary: ResultSummary): Promise<boolean> {
  if ((await chainTime(covey)) >= BigInt(info.challengeEnd)) return false;
  if (info.results.challenges === 0) return true;
  const [hash, own] = [resultHash(summary), covey.sender.address];
  const challenges = await readChallenges(covey, info);
  return !challenges.some((one) => one.resultHash === hash || isAddressEqual(one.challenger, own));
}
