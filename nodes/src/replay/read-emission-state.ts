import { emissionAbi, roundManagerAbi, taskManagerAbi, taskStates, type Deployment } from '@covey/contracts/abi';
import type { EmissionState } from '@covey/governance';
import type { PublicClient } from 'viem';
import { chainError } from '@covey/client';

/** The emission as it stands, with every task that has a part in it. */
export async function readEmissionState(publicClient: PublicClient, deployment: Deployment): Promise<EmissionState> {
  const emission = { address: deployment.emission, abi: emissionAbi } as const;
  const tasks = { address: deployment.taskManager, abi: taskManagerAbi } as const;
  const rounds = { address: deployment.roundManager, abi: roundManagerAbi } as const;
  try {
    const [mints, minted, communityShare, nextAmount, stakeQuarterPower, count] = await Promise.all([
      publicClient.readContract({ ...emission, functionName: 'mints' }),
      publicClient.readContract({ ...emission, functionName: 'minted' }),
      publicClient.readContract({ ...emission, functionName: 'communityShare' }),
      publicClient.readContract({ ...emission, functionName: 'nextAmount' }),
      publicClient.readContract({ ...emission, functionName: 'stakeQuarterPower' }),
      publicClient.readContract({ ...tasks, functionName: 'taskCount' }),
    ]);
    const running: EmissionState['tasks'][number][] = [];
    for (let taskId = 1n; taskId <= count; taskId++) {
      const task = await publicClient.readContract({ ...tasks, functionName: 'task', args: [taskId] });
      // A task whose last round has its pool already gets no more.
      if (taskStates[task.state] !== 'approved' || task.roundsOpened === task.rounds) continue;
      const stakeBehind = await publicClient.readContract({ ...rounds, functionName: 'stakeBehind', args: [taskId] });
      running.push({ taskId, multiplier: task.multiplier, stakeBehind });
    }
    return { mints, remaining: communityShare - minted, nextAmount, stakeQuarterPower, tasks: running };
  } catch (cause) {
    throw chainError(cause, 'reading the emission');
  }
}
