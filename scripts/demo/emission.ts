import { emissionAbi, taskManagerAbi } from '@covey/contracts/abi';
import { formatEther } from 'viem';
import type { CheckList } from './check-list.ts';
import type { World } from './world.ts';

/** What the finalized rounds earned of the emission, each once, and where it went. */
export async function auditEmission(
  world: World,
  checks: CheckList,
  { taskId, rounds }: { taskId: bigint; rounds: number },
  detail: (text: string) => void,
): Promise<{ minted: string; toTask: string }> {
  const { covey, deployment } = world;
  const [earned, added, minted] = await Promise.all([
    covey.events({ address: deployment.emission, abi: emissionAbi, eventName: 'EmissionEarned', args: { taskId } }),
    covey.events({ address: deployment.taskManager, abi: taskManagerAbi, eventName: 'CommonAdded', args: { taskId } }),
    world.chain.publicClient.readContract({
      address: deployment.emission,
      abi: emissionAbi,
      functionName: 'minted',
    }),
  ]);
  const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const all = sum(earned.map(({ args }) => args.amount));
  const toTask = sum(added.map(({ args }) => args.amount));
  checks.equal(
    'every finalized round earned once',
    earned.map(({ args }) => args.round).join(),
    [...Array(rounds).keys()].join(),
  );
  checks.equal('only rounds earn', minted, all);
  // What the last round earned has no round to be paid in: it is the treasury's.
  const last = earned.find(({ args }) => args.round === rounds - 1)?.args.amount ?? 0n;
  checks.equal('emission joins the common part of the rounds that follow', toTask, all - last);
  detail(`${formatEther(all)} COVEY minted for ${earned.length} rounds`);
  return { minted: String(minted), toTask: String(toTask) };
}
