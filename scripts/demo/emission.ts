import { emissionAbi, taskManagerAbi } from '@covey/contracts/abi';
import { formatEther } from 'viem';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import type { World } from './world.ts';

/** A day's emission is minted and goes to the task, whose weight comes from the stake behind its last round. */
export async function mintEmission(
  world: World,
  checks: CheckList,
  taskId: bigint,
  detail: (text: string) => void,
): Promise<{ minted: string; toTask: string }> {
  const { publicClient } = world.chain;
  const emission = { address: world.deployment.emission, abi: emissionAbi } as const;
  const keeper = world.account(cast.keeper).sender;
  const budget = async () => {
    const args = [taskId] as const;
    const task = { address: world.deployment.taskManager, abi: taskManagerAbi } as const;
    return (await publicClient.readContract({ ...task, functionName: 'task', args })).budget;
  };
  const before = await budget();
  await keeper.send({ ...emission, functionName: 'sync', args: [taskId] });
  await world.advanceTo(Number(await publicClient.readContract({ ...emission, functionName: 'nextMintAt' })));
  await keeper.send({ ...emission, functionName: 'mint', args: [] });
  await keeper.send({ ...emission, functionName: 'sync', args: [taskId] });
  const minted = await publicClient.readContract({ ...emission, functionName: 'minted' });
  const toTask = (await budget()) - before;
  // The only task with a weight gets it all, but for what rounding keeps.
  checks.expect(
    'the day’s emission reaches the task’s budget',
    toTask <= minted && minted - toTask < 1_000n,
    formatEther(toTask),
  );
  detail(`${formatEther(minted)} COVEY minted`);
  return { minted: String(minted), toTask: String(toTask) };
}
