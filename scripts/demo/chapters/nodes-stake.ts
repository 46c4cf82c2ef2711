import { formatEther } from 'viem';
import { startTrainers, startValidators } from '../participants.ts';
import type { Process } from '../processes.ts';
import type { Stage } from '../stage.ts';
import { announceCommissions, delegateStakes, lockForVotes, untilStaked } from '../stakes.ts';
import type { ApprovedTask } from './task-approved.ts';

export interface StakedNodes {
  validators: Process[];
  delegations: Awaited<ReturnType<typeof delegateStakes>>;
}

/** Eight training nodes and six validators start, each a process of its own, and stake; others trust them with theirs. */
export async function nodesStake(stage: Stage, { taskId, shards }: ApprovedTask): Promise<StakedNodes> {
  const { world, progress, checks, stops } = stage;
  await announceCommissions(world);
  const validators = startValidators(world, taskId);
  stops.push(...startTrainers(world, taskId, shards), ...validators);
  const delegations = await progress.step(
    'Fourteen nodes stake and allocate, two holders delegate stake, one locks tokens',
    async (detail) => {
      await untilStaked(world, taskId);
      const delegations = await delegateStakes(world, checks);
      await lockForVotes(world, checks);
      await world.chain.advance(1);
      for (const { node, amount } of delegations) detail(`${formatEther(amount)} COVEY delegated to ${node}`);
      return delegations;
    },
  );
  return { validators, delegations };
}
