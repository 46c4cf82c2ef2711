import { readEmission } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { emissionAbi } from '@covey/contracts/abi';
import { formatEther } from 'viem';
import { taskId } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';

export const emissionShow = defineCommand({
  name: 'emission show',
  summary: 'Show the emission, and a task’s part in it',
  examples: ['emission show --deployment covey.json', 'emission show --task 1 --json'],
  options: { ...chainOptions, task: optional('--task <id>', 'task', taskId) },
  async run(options, out) {
    const covey = await openChain(options);
    const emission = await readEmission(covey);
    const task = options.task === undefined ? null : await partOf(covey, options.task);
    out.result('covey.emission/1', { ...emission, task }, [
      `${formatEther(emission.minted)} of ${formatEther(emission.communityShare)} COVEY minted in ${emission.mints} mints`,
      `next mint: at most ${formatEther(emission.nextAmount)} COVEY, from ${emission.nextMintAt} (unix time)`,
      ...(task
        ? [
            `task ${task.taskId}: weight ${task.weight} of ${emission.totalWeight}, ${formatEther(task.pending)} COVEY to sync`,
          ]
        : []),
    ]);
  },
});

async function partOf({ publicClient, deployment }: CoveyChain, id: bigint) {
  const contract = { address: deployment.emission, abi: emissionAbi, args: [id] } as const;
  return {
    taskId: id,
    weight: await publicClient.readContract({ ...contract, functionName: 'weightOf' }),
    pending: await publicClient.readContract({ ...contract, functionName: 'pending' }),
  };
}
