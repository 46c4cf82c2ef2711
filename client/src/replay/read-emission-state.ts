import { chainError } from '../chain/contract-error.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { newestBlock } from '../chain/events.ts';
import { emissionAbi, policyAbi, stakeManagerAbi, taskManagerAbi, taskStates } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import { secondsADay } from '../emission/emission.ts';
import { inTurns } from '../logs/rpc.ts';
import type { EmissionState } from './types.ts';

/** The emission as it stands, with every task that may earn of it. */
export async function readEmissionState(covey: CoveyChain): Promise<EmissionState> {
  const { deployment, publicClient } = covey;
  try {
    const blockNumber = await newestBlock(covey);
    const { timestamp } = await publicClient.getBlock({ blockNumber });
    const emission = { address: deployment.emission, abi: emissionAbi, blockNumber } as const;
    const tasks = { address: deployment.taskManager, abi: taskManagerAbi, blockNumber } as const;
    const [minted, communityShare, start, version, totalAllocated, count] = await Promise.all([
      publicClient.readContract({ ...emission, functionName: 'minted' }),
      publicClient.readContract({ ...emission, functionName: 'communityShare' }),
      publicClient.readContract({ ...emission, functionName: 'start' }),
      publicClient.readContract({ address: deployment.policy, abi: policyAbi, functionName: 'version', blockNumber }),
      publicClient.readContract({
        address: deployment.stakeManager,
        abi: stakeManagerAbi,
        functionName: 'totalAllocated',
        blockNumber,
      }),
      publicClient.readContract({ ...tasks, functionName: 'taskCount' }),
    ]);
    const day = (timestamp - start) / secondsADay;
    const today = await publicClient.readContract({ ...emission, functionName: 'amountOf', args: [day, version] });
    const all = await inTurns(
      Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1)),
      async (taskId) => ({
        taskId,
        task: await publicClient.readContract({ ...tasks, functionName: 'task', args: [taskId] }),
      }),
    );
    const running = all.filter(
      ({ task }) => decodeEnum(taskStates, task.state) === 'approved' && task.roundsClosed < task.rounds,
    );
    return {
      minted,
      remaining: communityShare - minted,
      day,
      today,
      totalAllocated,
      tasks: running.map(({ taskId, task }) => ({ taskId, multiplier: task.multiplier })),
    };
  } catch (cause) {
    throw chainError(cause, 'reading the emission');
  }
}
