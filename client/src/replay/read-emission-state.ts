import { chainError } from '../chain/contract-error.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { emissionAbi, roundManagerAbi, taskManagerAbi, taskStates } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import type { EmissionState } from './types.ts';

/** The emission as it stands, with every task that has a part in it. */
export async function readEmissionState(covey: CoveyChain): Promise<EmissionState> {
  const emission = { address: covey.deployment.emission, abi: emissionAbi } as const;
  const tasks = { address: covey.deployment.taskManager, abi: taskManagerAbi } as const;
  const rounds = { address: covey.deployment.roundManager, abi: roundManagerAbi } as const;
  try {
    const [mints, minted, communityShare, nextAmount, stakeQuarterPower, count] = await Promise.all([
      covey.publicClient.readContract({ ...emission, functionName: 'mints' }),
      covey.publicClient.readContract({ ...emission, functionName: 'minted' }),
      covey.publicClient.readContract({ ...emission, functionName: 'communityShare' }),
      covey.publicClient.readContract({ ...emission, functionName: 'nextAmount' }),
      covey.publicClient.readContract({ ...emission, functionName: 'stakeQuarterPower' }),
      covey.publicClient.readContract({ ...tasks, functionName: 'taskCount' }),
    ]);
    const running: EmissionState['tasks'][number][] = [];
    for (let taskId = 1n; taskId <= count; taskId++) {
      const task = await covey.publicClient.readContract({ ...tasks, functionName: 'task', args: [taskId] });
      // A task whose last round has its pool already gets no more.
      if (decodeEnum(taskStates, task.state) !== 'approved' || task.roundsOpened === task.rounds) continue;
      const stakeBehind = await covey.publicClient.readContract({
        ...rounds,
        functionName: 'stakeBehind',
        args: [taskId],
      });
      running.push({ taskId, multiplier: task.multiplier, stakeBehind });
    }
    return { mints, remaining: communityShare - minted, nextAmount, stakeQuarterPower, tasks: running };
  } catch (cause) {
    throw chainError(cause, 'reading the emission');
  }
}
