import { emissionAbi, roundManagerAbi, stakeManagerAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { secondsADay } from '../emission/emission.ts';
import { requireCount } from '../logs/check-counts.ts';
import { inTurns } from '../logs/rpc.ts';
import type { SettlementInputs } from '../settle/settle-on-chain.ts';
import type { ReplayEmission } from './types.ts';

/** What an accepted round earned of the emission, or would now, with all that it follows from. */
export async function readEmissionOf(
  covey: CoveyChain,
  { info, summary, validators }: SettlementInputs,
  multiplier: bigint,
): Promise<ReplayEmission> {
  const { deployment, publicClient } = covey;
  const { taskId, round, block: blockNumber } = info;
  const emission = { address: deployment.emission, abi: emissionAbi, blockNumber } as const;
  try {
    const [span, communityShare, start, earned] = await Promise.all([
      publicClient.readContract({
        address: deployment.roundManager,
        abi: roundManagerAbi,
        functionName: 'emissionSpan',
        args: [taskId, round],
        blockNumber,
      }),
      publicClient.readContract({ ...emission, functionName: 'communityShare' }),
      publicClient.readContract({ ...emission, functionName: 'start' }),
      readEarned(covey, info),
    ]);
    const [first, last] = [span.start, span.end].map((time) => BigInt(time) / secondsADay) as [bigint, bigint];
    const days = await inTurns(
      Array.from({ length: Number(last - first) }, (_, i) => first + BigInt(i + 1)),
      (day) =>
        publicClient.readContract({
          address: deployment.stakeManager,
          abi: stakeManagerAbi,
          functionName: 'inverseIntegralAt',
          args: [day],
          blockNumber,
        }),
    );
    const agreeing = validators.filter(({ resultHash }) => resultHash !== null && resultHash === info.acceptedHash);
    return {
      ...span,
      multiplier,
      trainerStake: info.trainerStake,
      validatorStake: info.validatorStake,
      paidSeats: summary.paidSeats,
      agreeingSeats: agreeing.reduce((sum, { seats }) => sum + seats, 0),
      ...earned,
      communityShare,
      firstDay: start / secondsADay,
      days,
    };
  } catch (cause) {
    throw chainError(cause, `reading the emission of round ${round} of task ${taskId}`);
  }
}

/** By the event of its mint, with what all earlier ones had minted: together they are what the contract says. */
async function readEarned(
  covey: CoveyChain,
  { taskId, round, block: blockNumber }: SettlementInputs['info'],
): Promise<Pick<ReplayEmission, 'earned' | 'earning' | 'minted'>> {
  const emission = { address: covey.deployment.emission, abi: emissionAbi, blockNumber } as const;
  const [earned, earning, minted, mints] = await Promise.all([
    covey.publicClient.readContract({ ...emission, functionName: 'earned', args: [taskId, round] }),
    covey.publicClient.readContract({ ...emission, functionName: 'earning', args: [taskId, round] }),
    covey.publicClient.readContract({ ...emission, functionName: 'minted' }),
    covey.events({
      address: covey.deployment.emission,
      abi: emissionAbi,
      eventName: 'EmissionEarned',
      toBlock: blockNumber,
    }),
  ]);
  const sum = (some: typeof mints) => some.reduce((total, { args }) => total + args.amount, 0n);
  requireCount('wei that the emission minted', minted, sum(mints));
  const own = mints.findIndex(({ args }) => args.taskId === taskId && args.round === round);
  if (!earned) return { earned, earning, minted };
  return { earned, earning: mints[own]?.args.amount ?? 0n, minted: sum(mints.slice(0, Math.max(0, own))) };
}
