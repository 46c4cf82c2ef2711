import { emissionAbi, policyAbi } from '@covey/contracts/abi';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { chainTime } from '../chain/phase.ts';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import type { RoundId } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';

/** The emission as the chain has it, in wei. */
export interface EmissionOnChain {
  minted: bigint;
  communityShare: bigint;
  /** When days began to count, unix seconds. */
  start: bigint;
  /** What today's rounds may earn together at most. */
  today: bigint;
}

/** Days of the emission are those of the calendar, UTC. */
export const secondsADay = 86_400n;

export async function readEmission(covey: CoveyChain): Promise<EmissionOnChain> {
  const { publicClient, deployment } = covey;
  const contract = { address: deployment.emission, abi: emissionAbi } as const;
  try {
    const [minted, communityShare, start, version, now] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'minted' }),
      publicClient.readContract({ ...contract, functionName: 'communityShare' }),
      publicClient.readContract({ ...contract, functionName: 'start' }),
      publicClient.readContract({ address: deployment.policy, abi: policyAbi, functionName: 'version' }),
      chainTime(covey),
    ]);
    const day = (now - start) / secondsADay;
    const today = await publicClient.readContract({ ...contract, functionName: 'amountOf', args: [day, version] });
    return { minted, communityShare, start, today };
  } catch (cause) {
    throw chainError(cause, 'reading the emission');
  }
}

/** What a round earned or would earn now, in wei; `earned` once it is minted. */
export async function readEarning(
  { publicClient, deployment }: CoveyChain,
  { taskId, round }: RoundId,
): Promise<{ earned: boolean; earning: bigint }> {
  const contract = { address: deployment.emission, abi: emissionAbi, args: [taskId, round] } as const;
  try {
    const [earned, earning] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'earned' }),
      publicClient.readContract({ ...contract, functionName: 'earning' }),
    ]);
    return { earned, earning };
  } catch (cause) {
    throw chainError(cause, `reading the emission of round ${round} of task ${taskId}`);
  }
}

/** Mints what a finalized round earned into its task's budget; null when that was done. Anyone may. */
export async function earnEmission(
  covey: CoveyWriter,
  { taskId, round }: RoundId,
  onEvent: OnAction = ignoreActions,
): Promise<(Sent & { amount: bigint }) | null> {
  const address = covey.deployment.emission;
  const sent = await ignoring(['AlreadyEarned', 'NotFinalized'], () =>
    covey.sender.send({ address, abi: emissionAbi, functionName: 'earn', args: [taskId, round] }),
  );
  if (!sent) return null;
  const { amount } = eventIn(sent.receipt, address, emissionAbi, 'EmissionEarned').args;
  onEvent({ event: 'emission-earned', amount, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return { ...sent, amount };
}
